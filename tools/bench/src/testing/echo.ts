/** A child that says what it was started with, and then whatever it is sent; `{"end": 3}` ends it with that code. */
process.send?.(JSON.parse(process.argv[2] ?? ""));
process.on("message", (message: object) => {
  if ("end" in message) {
    process.exitCode = Number(message.end);
    process.disconnect?.();
  } else {
    process.send?.(message);
  }
});
