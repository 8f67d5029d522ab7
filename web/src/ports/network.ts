// Asking our own server.

const DOOR = "/login";

/** The JSON at `address`. Rejects when the server does not answer with 2xx. */
export async function getJson<T>(address: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** The bytes at `address`. Rejects when the server does not answer with 2xx. */
export async function getBytes(address: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  const answer = await fetch(address, signal ? { signal } : {});
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.arrayBuffer();
}

/** A fragment of a page at `address`, as text. */
export async function getFragment(address: string, signal?: AbortSignal): Promise<string> {
  const answer = await getPage(address, signal ? { signal } : {});
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

interface Asking {
  /** Only this part of the page is wanted. */
  readonly part?: string;
  readonly signal?: AbortSignal;
}

/** The page at `address`, whatever its status. Rejects without a connection. */
export function getPage(address: string, { part, signal }: Asking = {}): Promise<Response> {
  const headers = { Accept: "text/html", ...(part ? { "X-Part": part } : {}) };
  return fetch(address, { headers, credentials: "same-origin", ...(signal ? { signal } : {}) });
}

/**
 * Sends a form that stands on the page `from`. Null when nobody is signed in any more: then nothing was done.
 *
 * A form's token dies with the session it was made in. When somebody has signed in again meanwhile, in another tab
 * perhaps, the server refuses the old token with 400 before it does anything; then the form goes again, once, with
 * the token of today.
 */
export async function postForm(address: string, fields: FormData, from: string): Promise<Response | null> {
  const answer = await post(address, fields);
  if (answer.status !== 400) return atTheDoor(answer) ? null : answer;
  const page = await getPage(from);
  if (atTheDoor(page)) return null;
  const token = page.ok ? tokenIn(await page.text()) : null;
  if (!token) return answer;
  fields.set("csrf_token", token);
  const second = await post(address, fields);
  return atTheDoor(second) ? null : second;
}

function post(address: string, body: FormData): Promise<Response> {
  return fetch(address, { method: "POST", body, headers: { Accept: "text/html" }, credentials: "same-origin" });
}

/** Whether the answer is the login page instead of what was asked for. */
export function atTheDoor(answer: Response): boolean {
  return answer.redirected && new URL(answer.url).pathname === DOOR;
}

/** A form's token as it stands on the page `from`; null without one. */
export async function tokenOf(from: string): Promise<string | null> {
  return tokenIn(await (await getPage(from)).text());
}

function tokenIn(page: string): string | null {
  return /name="csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? null;
}
