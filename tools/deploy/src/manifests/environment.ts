import { ofKind, type Container, type Rendered } from "./kinds.ts";

/** Where a variable of a container has its value from. */
export type Source =
  | { readonly tag: "value"; readonly value: string }
  /** A field of the pod, as in `status.podIP`. */
  | { readonly tag: "field"; readonly path: string }
  | { readonly tag: "secret"; readonly secret: string; readonly key: string }
  /** Something that is not rendered with it, or nothing. */
  | { readonly tag: "unknown" };

/** The variables that a container gets: those of its ConfigMaps, and over them its own. */
export function environmentOf(container: Container, rendered: Rendered): ReadonlyMap<string, Source> {
  const variables = new Map<string, Source>();
  for (const { configMapRef } of container.envFrom ?? []) {
    const configMap = ofKind(rendered, "ConfigMap").find(({ metadata }) => metadata?.name === configMapRef?.name);
    for (const [name, value] of Object.entries(configMap?.data ?? {})) variables.set(name, { tag: "value", value });
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { fieldRef, secretKeyRef } = valueFrom ?? {};
    if (value !== undefined) variables.set(name, { tag: "value", value });
    else if (fieldRef) variables.set(name, { tag: "field", path: fieldRef.fieldPath });
    else if (secretKeyRef)
      variables.set(name, { tag: "secret", secret: secretKeyRef.name ?? "", key: secretKeyRef.key });
    else variables.set(name, { tag: "unknown" });
  }
  return variables;
}

/** The value that a variable is given in words; undefined where it comes from elsewhere, or is not given. */
export function valueOf(variables: ReadonlyMap<string, Source>, name: string): string | undefined {
  const source = variables.get(name);
  return source?.tag === "value" ? source.value : undefined;
}
