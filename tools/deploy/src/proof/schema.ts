import { join } from "node:path";
import ts from "typescript";
import { nameOf, type Manifest, type Rendered } from "../manifests/kinds.ts";
import { workspaceRoot } from "../workspace.ts";
import { violationsOf, type Violation } from "./violation.ts";

/** It need not exist: the compiler is given its text, and finds packages as a file of this folder would. */
const virtualFile = join(workspaceRoot, "tools/deploy/src/proof/manifests.ts");

/**
 * Judges every object by the API of Kubernetes, fields that it does not know included: each is written down as a constant
 * of its type from kubernetes-models, and TypeScript's compiler is asked. (The validators of that package let unknown fields
 * pass, and kubectl's own needs a server.)
 */
export function checkSchema(all: readonly Rendered[]): Violation[] {
  const constants: { readonly where: string; readonly end: number }[] = [];
  let text = "";
  for (const { folder, objects } of all) {
    for (const object of objects) {
      text += constantFor(object, constants.length);
      constants.push({ where: `${folder} ${nameOf(object)}`, end: text.length });
    }
  }
  const unstable = all.flatMap((rendered) =>
    rendered.objects.flatMap((object) => violationsOf(rendered, nameOf(object), [stability(object)])),
  );
  const unknown = diagnosticsOf(text).map(({ start = 0, messageText }) => ({
    where: constants.find(({ end }) => start < end)?.where ?? "k8s/",
    message: ts.flattenDiagnosticMessageText(messageText, " "),
  }));
  return [...unstable, ...unknown];
}

/** Versions before the first stable one are taken away after some releases. */
function stability({ apiVersion }: Manifest): string | undefined {
  return /(alpha|beta)\d+$/.test(apiVersion) ? `apiVersion ${apiVersion}: expected a stable one` : undefined;
}

function constantFor(object: Manifest, index: number): string {
  const { apiVersion, kind } = object;
  const module = JSON.stringify(`kubernetes-models/${apiVersion}/${kind}`);
  return `import type { I${kind} as T${index} } from ${module};\nexport const o${index}: T${index} = ${JSON.stringify(object)};\n`;
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  lib: ["lib.esnext.d.ts"],
};
const files = ts.createCompilerHost(options);
/** Declarations, which do not change while this process lives. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function diagnosticsOf(text: string): readonly ts.Diagnostic[] {
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (path) => path === virtualFile || files.fileExists(path),
    getSourceFile(path, ...rest) {
      if (path === virtualFile) return ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
      if (!parsed.has(path)) parsed.set(path, files.getSourceFile(path, ...rest));
      return parsed.get(path);
    },
  };
  const program = ts.createProgram({ rootNames: [virtualFile], options, host });
  return [...program.getOptionsDiagnostics(), ...ts.getPreEmitDiagnostics(program)];
}
