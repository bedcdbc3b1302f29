/** Who is asked for, and what every server answers with. */
export const user = {
  userId: "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b",
  name: "Ada Lovelace",
  email: "ada@example.org",
} as const;

/** What a client library is measured by: each call in the form that it does best. A call that fails rejects. */
export interface Calls {
  /** user.v1.UserService/GetUser. */
  get(userId: string): Promise<{ readonly userId: string; readonly name: string; readonly email: string }>;
  /** bench.v1.BenchService/Echo. */
  echo?(payload: Uint8Array): Promise<Uint8Array>;
  /** bench.v1.BenchService/List: hands over the number of each message, and resolves at the stream's end. */
  list?(count: number, onNumber: (number: number) => void): Promise<void>;
  /** Opens a stream of bench.v1.BenchService/Chat. */
  chat?(): Chat;
}

export interface Chat {
  /** Sends a message and waits for the answer: its number. */
  turn(number: number): Promise<number>;
  /** Ends the stream. */
  close(): void;
}
