import type { Fleet } from "./fleet.ts";

/** One instance dies and another one joins, which nobody may get to know of for the moment. */
export async function oneComesOneGoes(fleet: Fleet): Promise<void> {
  const mortal = fleet.announcing.find(({ route }) => route.proxies.length > 0);
  if (mortal === undefined) throw new Error("nobody is left who could die");
  fleet.crash(mortal);
  await fleet.join();
}
