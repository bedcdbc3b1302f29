import type { Violation } from "./violation.ts";

/** What the rules read of the image that `buf build -o -#format=json` writes: descriptor.proto as JSON. */
export interface Image {
  readonly file: readonly FileDescriptor[];
}

export interface FileDescriptor {
  readonly name: string;
  readonly package?: string;
  readonly service?: readonly { readonly name: string; readonly method?: readonly MethodDescriptor[] }[];
  readonly messageType?: readonly MessageDescriptor[];
  readonly enumType?: readonly { readonly name: string; readonly value?: readonly { readonly name: string }[] }[];
  readonly sourceCodeInfo?: { readonly location?: readonly Location[] };
  readonly bufExtension?: { readonly isImport?: boolean };
}

interface Location {
  readonly path?: readonly number[];
  readonly span: readonly number[];
  /** Of the lines above, the text behind `//`. */
  readonly leadingComments?: string;
}

interface MethodDescriptor {
  readonly name: string;
  readonly options?: { readonly idempotencyLevel?: string };
}

export interface MessageDescriptor {
  readonly name: string;
  readonly field?: readonly { readonly name: string; readonly options?: { readonly debugRedact?: boolean } }[];
  readonly nestedType?: readonly MessageDescriptor[];
}

/** The numbers of descriptor.proto's fields, of which a location's path is made. */
export const tag = {
  file: { message: 4, enum: 5, service: 6 },
  service: { method: 2 },
  message: { field: 2, nested: 3 },
  enum: { value: 2 },
};

/** Judges what buf's own rules do not know: idempotency levels, reasons of errors, fields that no log may show. */
export function checkDescriptors(image: Image): Violation[] {
  const files = image.file.filter(({ bufExtension }) => bufExtension?.isImport !== true);
  const reasoned = new Set(files.filter(declaresReasons).map((file) => file.package));
  return files.flatMap((file) => [
    ...checkMethods(file),
    ...(file.service === undefined || reasoned.has(file.package) ? [] : [missingReasons(file)]),
    ...(file.messageType ?? []).flatMap((message, index) => checkFields(file, message, [tag.file.message, index])),
  ]);
}

function checkMethods(file: FileDescriptor): Violation[] {
  return (file.service ?? []).flatMap((service, serviceIndex) =>
    (service.method ?? []).flatMap((method, index): Violation[] => {
      if (method.options?.idempotencyLevel !== undefined) return [];
      const path = [tag.file.service, serviceIndex, tag.service.method, index];
      const message = `${service.name}.${method.name} must declare its idempotency_level: retries are derived from it`;
      return [{ ...placeOf(file, path), rule: "contracts/idempotency", message }];
    }),
  );
}

function declaresReasons({ enumType = [] }: FileDescriptor): boolean {
  return enumType.some(({ name }) => name === "ErrorReason");
}

function missingReasons(file: FileDescriptor): Violation {
  const message = `package ${file.package} has a service and no enum ErrorReason: clients decide by the reasons it lists`;
  return { ...placeOf(file, [tag.file.service, 0]), rule: "contracts/reasons", message };
}

function checkFields(file: FileDescriptor, message: MessageDescriptor, at: readonly number[]): Violation[] {
  const fields = (message.field ?? []).flatMap(({ name, options }, index): Violation[] => {
    if (options?.debugRedact === true || !mustBeRedacted(file.package ?? "", name)) return [];
    const place = placeOf(file, [...at, tag.message.field, index]);
    const text = `${message.name}.${name} must carry [debug_redact = true]: it is secret or personal, and no log may show it`;
    return [{ ...place, rule: "contracts/redact", message: text }];
  });
  const nested = (message.nestedType ?? []).flatMap((inner, index) =>
    checkFields(file, inner, [...at, tag.message.nested, index]),
  );
  return [...fields, ...nested];
}

/** Secrets and emails everywhere, page tokens excepted; names where they are those of persons. */
function mustBeRedacted(packageName: string, field: string): boolean {
  if (/^(next_)?page_token$/.test(field)) return false;
  if (/(^|_)(password|secret|token|email)$/.test(field)) return true;
  return field === "name" && packageName.startsWith("user.");
}

/** Where an element is written, by the path that descriptor.proto gives it. */
export function placeOf(file: FileDescriptor, path: readonly number[]): Pick<Violation, "path" | "line"> {
  const start = locationOf(file, path)?.span[0];
  return { path: `proto/${file.name}`, ...(start === undefined ? {} : { line: start + 1 }) };
}

/** The comment above an element, in one line a paragraph; empty where there is none. */
export function commentOf(file: FileDescriptor, path: readonly number[]): string {
  const paragraphs = (locationOf(file, path)?.leadingComments ?? "").split(/\n\s*\n/);
  return paragraphs.map((paragraph) => paragraph.trim().replace(/\s*\n\s*/g, " ")).join("\n");
}

function locationOf({ sourceCodeInfo }: FileDescriptor, path: readonly number[]): Location | undefined {
  const key = path.join();
  return sourceCodeInfo?.location?.find((location) => location.path?.join() === key);
}
