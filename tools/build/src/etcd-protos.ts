import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";
import protobuf from "protobufjs";

const loader = /[\\/]etcd3[\\/]lib[\\/]connection-pool\.js$/;
const loadingCall = /\.loadSync\)\(`\$\{__dirname\}\/\.\.\/proto\/rpc\.proto`,/;

/**
 * Puts etcd3's .proto files into the bundle. etcd3 reads them from its own folder as it is loaded, and beside a bundle
 * there is no such folder.
 *
 * The build fails where etcd3 is bundled and this no longer fits it: better than an image that cannot start.
 */
export function etcdProtos(): Plugin {
  return {
    name: "etcd-protos",
    setup(build) {
      let inlined = false;
      build.initialOptions.metafile = true;
      build.onLoad({ filter: loader }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        if (!loadingCall.test(source)) return undefined;
        inlined = true;
        // As etcd3 loads them: with the names of the fields as they are written.
        const root = await new protobuf.Root().load(join(dirname(path), "../proto/rpc.proto"), { keepCase: true });
        const json = JSON.stringify(root.toJSON());
        return { contents: source.replace(loadingCall, () => `.fromJSON)(${json},`), loader: "js" };
      });
      build.onEnd(({ metafile }) => {
        const isBundled = Object.keys(metafile?.inputs ?? {}).some((path) => /(^|\/)etcd3\//.test(path));
        const text = "etcd3 no longer loads its .proto files as this plugin expects: its bundle would not find them";
        return isBundled && !inlined ? { errors: [{ text }] } : {};
      });
    },
  };
}
