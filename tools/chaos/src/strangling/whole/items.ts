import { randomUUID } from "node:crypto";
import type { Deed } from "../../load/call-end.ts";
import type { KnownAddition, KnownItem } from "./acknowledged.ts";
import type { Caller } from "./caller.ts";
import { pick, rounds } from "./pick.ts";

const initialStock = 100_000;
/** How long a caller watches the stock of an item. */
const watchMs = 2000;

/** Puts items and adds stock, reads both, and watches: from the first acknowledgement on each item is there. */
export function inventoryDeeds(caller: Caller): readonly Deed[] {
  const { told } = caller;
  const next = rounds(told.items);
  return [
    { method: "put item", repeatable: true, share: 1, call: () => putItem(caller) },
    {
      method: "add stock",
      repeatable: true,
      share: 4,
      call: () => addStock(caller, newAddition(pick(told.items).sku)),
    },
    { method: "add stock again", repeatable: true, share: 2, call: () => addAgain(caller) },
    {
      method: "read item",
      repeatable: true,
      share: 20,
      call: async () => readItem(caller, next() ?? pick(told.items)),
    },
    { method: "list items", repeatable: true, share: 4, call: () => listItems(caller) },
    { method: "watch stock", repeatable: true, share: 1, call: () => watchStock(caller) },
  ];
}

/** Reserves, and never commits: what is taken comes back by itself, on whichever side it is then. */
export function reservationDeeds(caller: Caller): readonly Deed[] {
  return [{ method: "reserve only", repeatable: true, share: 1, call: () => reserveOnly(caller) }];
}

export async function putItem(caller: Caller): Promise<KnownItem> {
  const { doors, told, asked } = caller;
  const sku = `fig-${randomUUID()}`;
  const item = { sku, name: `Fig ${sku.slice(4, 12)}`, priceMinorUnits: BigInt(100 + Math.floor(Math.random() * 900)) };
  const unitPrice = { currency: "EUR", minorUnits: item.priceMinorUnits };
  const { inventory } = doors.next();
  await asked.call("PutItem", () => inventory.putItem({ sku, name: item.name, unitPrice }));
  await readItem(caller, item);
  await addStock(caller, { ...newAddition(sku), quantity: initialStock });
  told.itemPut(item); // from here on it is ordered, too
  return item;
}

function newAddition(sku: string): KnownAddition {
  return { requestId: randomUUID(), sku, quantity: 1 + Math.floor(Math.random() * 5) };
}

async function addStock({ doors, told, asked }: Caller, addition: KnownAddition): Promise<void> {
  const { inventory } = doors.next();
  await asked.call("AddStock", () => inventory.addStock(addition));
  told.stockAdded(addition);
}

/** What was added before a flip is not added again after it. */
async function addAgain({ doors, told, asked }: Caller): Promise<void> {
  const { inventory } = doors.next();
  const addition = pick(told.additions);
  await asked.call("AddStock (again)", () => inventory.addStock(addition));
}

async function reserveOnly({ doors, told, asked }: Caller): Promise<void> {
  const { inventory } = doors.next();
  const line = { sku: pick(told.items).sku, quantity: 1 };
  await asked.call("Reserve", () => inventory.reserve({ orderId: randomUUID(), lines: [line] }));
}

async function readItem({ doors, asked }: Caller, { sku, name, priceMinorUnits }: KnownItem): Promise<void> {
  const { inventory } = doors.next();
  const { item } = await asked.call("GetItem", () => inventory.getItem({ sku }));
  if (item?.sku !== sku || item.name !== name || item.unitPrice?.minorUnits !== priceMinorUnits) {
    throw new Error(`item ${sku} is answered as another one`);
  }
}

async function listItems({ doors, asked }: Caller): Promise<void> {
  const { inventory } = doors.next();
  const { items } = await asked.call("ListItems", () => inventory.listItems({ pageSize: 20 }));
  if (items.length === 0) throw new Error("no items are listed");
}

/** @throws when a version is not greater than the one before, or the stream ends by itself */
async function watchStock({ doors, told, asked }: Caller): Promise<void> {
  const { inventory } = doors.next();
  const { sku } = pick(told.items);
  await asked.call("WatchStock", async () => {
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), watchMs);
    let version = -1n;
    try {
      for await (const level of inventory.watchStock({ sku }, { signal: enough.signal })) {
        if (level.version <= version) throw new Error(`version ${level.version} of ${sku} comes after ${version}`);
        version = level.version;
      }
    } catch (error) {
      if (!enough.signal.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
    if (!enough.signal.aborted) throw new Error(`the stock of ${sku} is watched, and the stream has ended`);
    if (version < 0n) throw new Error(`the stock of ${sku} is watched, and was not told within ${watchMs} ms`);
  });
}

/** Of every item that there is. */
export async function stockOf({ doors }: Caller): Promise<ReadonlyMap<string, bigint>> {
  const stock = new Map<string, bigint>();
  const { inventory } = doors.next();
  for (let pageToken = "", more = true; more; more = pageToken !== "") {
    const page = await inventory.listItems({ pageSize: 1000, pageToken });
    for (const { sku, available } of page.items) stock.set(sku, available);
    pageToken = page.nextPageToken;
  }
  return stock;
}
