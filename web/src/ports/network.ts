// Asking our own server.

/** The JSON at `address`. Rejects when the server does not answer with 2xx. */
export async function getJson<T>(address: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** A fragment of a page at `address`, as text. */
export async function getFragment(address: string, signal?: AbortSignal): Promise<string> {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, ...(signal ? { signal } : {}) });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}
