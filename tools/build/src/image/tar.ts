/** A file of an archive. */
export interface ArchivedFile {
  /** As in `app/dist/main.js`; at most 100 bytes of UTF-8. */
  readonly path: string;
  readonly content: Uint8Array;
}

const blockBytes = 512;
const modes = { file: 0o644, folder: 0o755 };

/**
 * An archive of files and of the folders that they are in, sorted. All belong to root, everybody may read and only root may
 * write, and all times are 1970: the same files make the same bytes.
 *
 * The format is ustar, which every engine unpacks as it stands; a copied folder would have the time of the copy.
 *
 * @throws {RangeError} when a path is longer than its field
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html "ustar Interchange Format"
 */
export function archive(files: readonly ArchivedFile[]): Uint8Array {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  const entries = [
    ...[...folders].map((path) => ({ path: `${path}/`, content: undefined })),
    ...files.map(({ path, content }) => ({ path, content })),
  ].toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const blocks = entries.flatMap(({ path, content }) =>
    content === undefined
      ? [header(path, modes.folder, 0, "5")]
      : [header(path, modes.file, content.length, "0"), padded(content)],
  );
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

/** `a/b/c` is in `a` and in `a/b`. */
function foldersOf(path: string): readonly string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join("/"));
}

function header(path: string, mode: number, size: number, type: "0" | "5"): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  if (Buffer.byteLength(path) > 100) throw new RangeError(`expected a path of at most 100 bytes, got ${path}`);
  block.write(path, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108); // the number of the user
  block.write(octal(0, 7), 116); // and of the group
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136); // the time
  block.write(" ".repeat(8), 148); // the checksum counts itself as spaces
  block.write(type, 156);
  block.write("ustar\u{0}00", 257);
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\u{0} `,
    148,
  );
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function padded(content: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(Math.ceil(content.length / blockBytes) * blockBytes);
  whole.set(content);
  return whole;
}
