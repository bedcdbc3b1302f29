/**
 * What Nx calls for `nx g service`. JavaScript, so that on a Node without type stripping, which a global `nx` may run on, it
 * can say what to do.
 *
 * @param {import("@nx/devkit").Tree} tree
 * @param {import("./generator.ts").ServiceOptions} options
 * @returns {Promise<() => Promise<void>>}
 */
export default async function loadGenerator(tree, options) {
  if (!process.features.typescript) {
    throw new Error(
      `Node ${process.versions.node} cannot run the generator: start it as npx nx g service ${options.name}`,
    );
  }
  const { default: generateService } = await import("./generator.ts");
  return generateService(tree, options);
}
