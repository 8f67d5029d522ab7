// Addresses of this site with a query.

/** `path` with these query parts; empty ones are left out. */
export function addressOf(path: string, query: Readonly<Record<string, string | number | null | undefined>>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parts.set(name, String(value));
  }
  const text = parts.toString();
  return text ? `${path}${path.includes("?") ? "&" : "?"}${text}` : path;
}
