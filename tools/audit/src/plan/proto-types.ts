import ts from "typescript";

/** The type of a field, as a .proto has it. */
export interface ProtoType {
  readonly name: string;
  readonly repeated: boolean;
  readonly optional: boolean;
}

/** Messages and enums that a draft needs, and what found no place in it. */
export class ProtoTypes {
  readonly blocks: string[] = [];
  readonly unmapped: string[] = [];
  readonly imports = new Set<string>();
  readonly #names = new Map<ts.Type, string>();
  readonly #taken = new Set<string>();
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** @param where what the type is of, to name a message after it and to say what is not mapped */
  map(type: ts.Type, where: string): ProtoType {
    if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return this.#value(type, where, false);
    const bare = this.#checker.getNonNullableType(type);
    const optional = bare !== type && (type.flags & ts.TypeFlags.Union) !== 0;
    const plain = (name: string): ProtoType => ({ name, repeated: false, optional });
    const { flags } = bare;
    if ((flags & ts.TypeFlags.BooleanLike) !== 0) return plain("bool");
    if (bare.isUnion()) return this.#union(bare, where, optional);
    if ((flags & ts.TypeFlags.EnumLike) !== 0) return this.#value(bare, where, optional);
    if ((flags & ts.TypeFlags.StringLike) !== 0) return plain("string");
    if ((flags & ts.TypeFlags.NumberLike) !== 0) return plain("double");
    if ((flags & ts.TypeFlags.BigIntLike) !== 0) return plain("int64");
    if ((flags & ts.TypeFlags.Object) === 0) return this.#value(bare, where, optional);
    return this.#object(bare, where, optional);
  }

  /** Adds a message; `fields` are mapped in this order. */
  message(
    name: string,
    fields: readonly { readonly name: string; readonly type: ts.Type; readonly optional?: boolean }[],
  ): void {
    this.#taken.add(name);
    const lines = fields.map((field, index) => {
      const mapped = this.map(field.type, `${name}.${field.name}`);
      const label = mapped.repeated ? "repeated " : mapped.optional || field.optional === true ? "optional " : "";
      const isMap = mapped.name.startsWith("map<");
      return `  ${isMap ? "" : label}${mapped.name} ${snake(field.name)} = ${index + 1};\n`;
    });
    this.blocks.push(`message ${name} {${lines.length === 0 ? "" : `\n${lines.join("")}`}}\n`);
  }

  #union(type: ts.UnionType, where: string, optional: boolean): ProtoType {
    if (type.types.every((one) => one.isStringLiteral())) {
      const name = this.#nameFor(type, where);
      if (name !== undefined)
        this.#enum(
          name,
          type.types.filter((one) => one.isStringLiteral()).map(({ value }) => value),
        );
      return { name: this.#names.get(type) ?? "string", repeated: false, optional };
    }
    if (type.types.every(({ flags }) => (flags & ts.TypeFlags.NumberLike) !== 0))
      return { name: "double", repeated: false, optional };
    if (type.types.every(({ flags }) => (flags & ts.TypeFlags.StringLike) !== 0))
      return { name: "string", repeated: false, optional };
    return this.#value(type, where, optional);
  }

  #object(type: ts.Type, where: string, optional: boolean): ProtoType {
    const symbol = type.symbol?.name ?? "";
    const arguments_ = typeArguments(this.#checker, type);
    const element =
      this.#checker.isArrayType(type) || symbol === "Set" || symbol === "ReadonlySet" ? arguments_[0] : undefined;
    if (element !== undefined) return this.#list(element, where, optional);
    if (symbol === "Date") {
      this.imports.add("google/protobuf/timestamp.proto");
      return { name: "google.protobuf.Timestamp", repeated: false, optional: false };
    }
    if (symbol === "Uint8Array") return { name: "bytes", repeated: false, optional };
    const value =
      symbol === "Map" || symbol === "ReadonlyMap"
        ? arguments_[1]
        : this.#checker.getIndexTypeOfType(type, ts.IndexKind.String);
    if (value !== undefined) return this.#mapOf(value, where);
    if (type.getCallSignatures().length > 0) return this.#value(type, where, optional);
    const properties = this.#checker.getPropertiesOfType(type);
    const data = properties.filter((property) => !this.#isMethod(property));
    // Nothing but methods: a connection, a repository. It cannot be sent.
    if (data.length === 0) return this.#value(type, where, optional);
    const name = this.#nameFor(type, where);
    if (name !== undefined)
      this.message(
        name,
        data.map((property) => ({
          name: property.name,
          type: this.#checker.getTypeOfSymbol(property),
          optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
        })),
      );
    return { name: this.#names.get(type) ?? "", repeated: false, optional: false };
  }

  #list(element: ts.Type, where: string, optional: boolean): ProtoType {
    const inner = this.map(element, where);
    if (!inner.repeated && !inner.name.startsWith("map<")) return { name: inner.name, repeated: true, optional: false };
    return this.#value(element, where, optional);
  }

  #mapOf(value: ts.Type, where: string): ProtoType {
    const inner = this.map(value, where);
    if (inner.repeated || inner.name.startsWith("map<")) return this.#value(value, where, false);
    return { name: `map<string, ${inner.name}>`, repeated: false, optional: false };
  }

  /** What has no counterpart goes as a JSON value, and is said. */
  #value(type: ts.Type, where: string, optional: boolean): ProtoType {
    this.imports.add("google/protobuf/struct.proto");
    const text = this.#checker.typeToString(type);
    this.unmapped.push(`${where}: ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`);
    return { name: "google.protobuf.Value", repeated: false, optional };
  }

  /** A name for a type that has none yet; undefined where it is written or being written already. */
  #nameFor(type: ts.Type, where: string): string | undefined {
    if (this.#names.has(type)) return undefined;
    const own = type.aliasSymbol?.name ?? type.symbol?.name ?? "";
    const wanted = pascal(own === "" || own.startsWith("__") ? where : own);
    let name = wanted;
    for (let count = 2; this.#taken.has(name); count++) name = `${wanted}${count}`;
    this.#taken.add(name);
    this.#names.set(type, name);
    return name;
  }

  #enum(name: string, values: readonly string[]): void {
    const prefix = snake(name).toUpperCase();
    const names = [...new Set(["UNSPECIFIED", ...values.map((value) => snake(value).toUpperCase() || "EMPTY")])];
    const lines = names.map((value, index) => `  ${prefix}_${value} = ${index};\n`);
    this.blocks.push(`enum ${name} {\n${lines.join("")}}\n`);
  }

  #isMethod(property: ts.Symbol): boolean {
    return property.name.startsWith("__@") || this.#checker.getTypeOfSymbol(property).getCallSignatures().length > 0;
  }
}

/** Of `Map<string, User>` the string and the User. */
export function typeArguments(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  return isReference(type) ? checker.getTypeArguments(type) : [];
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return "target" in type;
}

/** `userId` -> `user_id`; what no identifier may have is left out. */
export function snake(name: string): string {
  return name
    .replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .replace(/^(?=\d)/, "n")
    .toLowerCase();
}

/** `user-profile.get` -> `UserProfileGet`. */
export function pascal(name: string): string {
  return snake(name)
    .split("_")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}
