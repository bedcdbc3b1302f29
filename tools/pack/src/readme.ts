/**
 * A README as the package shows it: a link to a file of the repository, which the package does not have, becomes its
 * text. Links to the web and within the page stay.
 */
export function packedReadme(readme: string): string {
  return readme.replaceAll(/(?<!!)\[([^\]]*)\]\((?!https?:|#)[^)]*\)/g, "$1");
}
