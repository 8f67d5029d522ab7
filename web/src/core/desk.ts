// Addresses of the desk. What opens a report or a form in it does not change the list.

const OF_THE_PANE = ["report", "do", "trade", "lang"];
const FIRST_QUEUE = "received";

/** Whether two addresses show the same list. */
export function samePlace(one: string, other: string): boolean {
  return listPart(one) === listPart(other);
}

function listPart(address: string): string {
  const parameters = new URL(address, "http://desk.invalid").searchParams;
  for (const name of OF_THE_PANE) parameters.delete(name);
  if (!parameters.get("queue")) parameters.set("queue", FIRST_QUEUE);
  const filled = [...parameters].filter(([, value]) => value !== "");
  return new URLSearchParams(filled.sort(([a], [b]) => (a < b ? -1 : 1))).toString();
}

/** `address` with the filled fields of a form as its query. */
export function withFields(address: string, fields: FormData): string {
  const url = new URL(address);
  url.search = "";
  for (const [name, value] of fields) {
    if (typeof value === "string" && value !== "") url.searchParams.append(name, value);
  }
  return url.toString();
}
