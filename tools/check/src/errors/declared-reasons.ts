import { commentOf, placeOf, tag, type FileDescriptor, type Image, type MessageDescriptor } from "../descriptors.ts";
import type { Violation } from "../violation.ts";

type Place = Pick<Violation, "path" | "line">;

/** What the contract of a service says about its errors. */
export interface Contract {
  /** As etcd and the domain of google.rpc.ErrorInfo know it: `user`; `gift-card` for the package gift_card.v1. */
  readonly service: string;
  /** `user.v1.UserService` */
  readonly typeName: string;
  readonly reasons: readonly DeclaredReason[];
  readonly methods: readonly DeclaredMethod[];
  /** Names of the fields that no log may show. */
  readonly redacted: ReadonlySet<string>;
}

export interface DeclaredReason {
  /** Without the prefix of the enum: `USER_NOT_FOUND`. */
  readonly reason: string;
  readonly place: Place;
  /** The comment, without its facts. */
  readonly meaning: string;
  /** What the comment lists as `Facts: sku, wanted.`; undefined where it says nothing of facts. */
  readonly facts: readonly string[] | undefined;
}

export interface DeclaredMethod {
  readonly name: string;
  readonly place: Place;
  /** What the comment lists as `Errors: USER_NOT_FOUND (NOT_FOUND).` */
  readonly errors: readonly { readonly reason: string; readonly status: string | undefined }[];
}

/** The contracts of all services, by package. */
export function contractsIn({ file: files }: Image): Contract[] {
  const ours = files.filter(({ bufExtension }) => bufExtension?.isImport !== true);
  return ours.flatMap((file) =>
    (file.service ?? []).map(({ name, method: methods = [] }, serviceIndex): Contract => {
      const together = ours.filter((other) => other.package === file.package);
      return {
        service: file.package?.split(".", 1)[0]?.replaceAll("_", "-") ?? "",
        typeName: `${file.package}.${name}`,
        reasons: together.flatMap(reasonsIn),
        methods: methods.map((method, index) => {
          const path = [tag.file.service, serviceIndex, tag.service.method, index];
          return { name: method.name, place: placeOf(file, path), errors: errorsIn(commentOf(file, path)) };
        }),
        redacted: new Set(together.flatMap(({ messageType = [] }) => messageType.flatMap(redactedIn))),
      };
    }),
  );
}

function reasonsIn(file: FileDescriptor): DeclaredReason[] {
  const at = (file.enumType ?? []).findIndex(({ name }) => name === "ErrorReason");
  return (file.enumType?.[at]?.value ?? []).flatMap(({ name }, index) => {
    const reason = name.replace(/^ERROR_REASON_/, "");
    if (reason === "UNSPECIFIED") return [];
    const path = [tag.file.enum, at, tag.enum.value, index];
    const comment = commentOf(file, path);
    const facts = /\bFacts: ([a-z0-9_, ]+)\./.exec(comment)?.[1]?.split(", ");
    return [{ reason, place: placeOf(file, path), meaning: comment.replace(/ ?\bFacts: .*$/s, ""), facts }];
  });
}

/** A status in brackets is that of the reasons before it, as in `A_B and C_D (NOT_FOUND), E_F (ABORTED) when …`. */
function errorsIn(comment: string): DeclaredMethod["errors"] {
  const listed = /\bErrors:(.*)$/s.exec(comment)?.[1] ?? "";
  const errors: { reason: string; status: string | undefined }[] = [];
  for (const [, status, reason] of listed.matchAll(/\(([A-Z_]+)\)|\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g)) {
    if (reason !== undefined) errors.push({ reason, status: undefined });
    else for (const error of errors) error.status ??= status;
  }
  return errors;
}

function redactedIn({ field: fields = [], nestedType = [] }: MessageDescriptor): string[] {
  const own = fields.filter(({ options }) => options?.debugRedact === true).map(({ name }) => name);
  return [...own, ...nestedType.flatMap(redactedIn)];
}
