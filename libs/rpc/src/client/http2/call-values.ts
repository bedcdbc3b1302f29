import { createContextValues, type ContextKey, type ContextValues } from "@connectrpc/connect";

/** Connect's context values, made when somebody sets one. */
export class CallValues implements ContextValues {
  #values: ContextValues | undefined;

  get<T>(key: ContextKey<T>): T {
    return this.#values === undefined ? key.defaultValue : this.#values.get(key);
  }

  set<T>(key: ContextKey<T>, value: T): this {
    this.#values ??= createContextValues();
    this.#values.set(key, value);
    return this;
  }

  delete(key: ContextKey<unknown>): this {
    this.#values?.delete(key);
    return this;
  }
}
