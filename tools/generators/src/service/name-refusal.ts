import { readTemplate } from "./template.ts";
import { namesOf } from "./names.ts";

/**
 * Other names are made of it: of a database, `<name>_service`, and of pods, `<name>-service-6d4cf56db6-abcde`, which is
 * a label too. PostgreSQL, etcd and labels of Kubernetes take 63.
 */
const mostCharacters = 32;

const wordsRule = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;
const wordsExpectation = "lower-case words joined by hyphens, each beginning with a letter, as in payment or gift-card";

const reserved: ReadonlyMap<string, string> = new Map([
  ["banyan", "the workspace itself is called so"],
  ["buf", "the tool that reads contracts has packages of this name"],
  ["google", "google.rpc and google.protobuf have it"],
  ["grpc", "grpc.health and grpc.reflection have it"],
  ["health", "every service answers grpc.health.v1"],
  ["kubernetes", "every cluster has a Service of this name"],
  ["liveness", "grpc.health.v1 answers for it in every service"],
]);

/** Words of TypeScript and of protobuf, whether or not the template uses them. */
const languageWords = new Set(
  (
    "arguments await break case class const continue debugger default delete do else enum eval extends false finally for " +
    "function if implements in infinity instanceof interface let map message nan null object oneof option optional package " +
    "private protected proto protected public repeated required reserved return returns rpc static stream string super switch " +
    "symbol syntax this throw to true try typeof undefined var void weak while with yield bool boolean bytes double enum " +
    "extensions fixed32 fixed64 float group int32 int64 number sfixed32 sfixed64 sint32 sint64 uint32 uint64 array date error"
  ).split(" "),
);

/**
 * Why a service cannot have this name, in a sentence; undefined where it can.
 *
 * @param exists whether the workspace has a file or folder of this path
 */
export function nameRefusal(name: string, exists: (path: string) => boolean): string | undefined {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  const bare = name.replace(/-service$/, "");
  if (bare !== name && wordsRule.test(bare)) return `${shown}: leave -service out, use ${JSON.stringify(bare)}`;
  if (!wordsRule.test(name)) return `${shown} cannot name a service: expected ${wordsExpectation}`;
  if (name.length > mostCharacters)
    return `${shown} cannot name a service: it has ${name.length} characters, and at most ${mostCharacters} are allowed`;
  const why = reserved.get(name);
  if (why !== undefined) return `${shown} is reserved: ${why}`;
  const { snake } = namesOf(name).one;
  const places = [
    `apps/${name}-service`,
    `apps/${name}`,
    `libs/stubs/${name}`,
    `proto/${snake}`,
    `k8s/${name}-service`,
  ];
  const place = [...places, `k8s/${name}`].find(exists);
  if (place !== undefined) return `${shown} is taken: there is ${place}`;
  if (isUsedByCode(name)) {
    return `${shown} is reserved: the code of a service needs the word for something else; two words joined by a hyphen will do`;
  }
  return undefined;
}

/** Whether the name, or its plural, would be the name of two things in the files of the service. */
function isUsedByCode(name: string): boolean {
  if (languageWords.has(name)) return true;
  const sources = [...readTemplate()].filter(([path]) => path.endsWith(".ts"));
  const words = new Set(sources.flatMap(([, text]) => text.replaceAll(commentOrString, "").match(/\w+/g) ?? []));
  const { one, many } = namesOf(name);
  return [one, many].some(({ camel, pascal }) => words.has(camel) || words.has(pascal));
}

const commentOrString = /\/\*.*?\*\/|\/\/[^\n]*|"[^"\n]*"/gs;
