import { afterEach, describe, expect, it, vi } from "vitest";
import { postForm } from "../src/ports/network";

const TOWN = "http://town.invalid";
const page = `<form><input type="hidden" name="csrf_token" value="today"></form>`;

function answer(status: number, text = "", ended = ""): Response {
  const made = new Response(text, { status });
  if (ended) Object.defineProperties(made, { redirected: { value: true }, url: { value: TOWN + ended } });
  return made;
}

/** A server that gives these answers; returns what it was asked, with the token of each form. */
function server(...answers: Response[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (address: string, how: RequestInit) => {
    const body = how.body as FormData | undefined;
    asked.push(body ? `POST ${address} ${String(body.get("csrf_token"))}` : `GET ${address}`);
    const next = answers.shift();
    return next ? Promise.resolve(next) : Promise.reject(new TypeError("no connection"));
  });
  return asked;
}

function form(): FormData {
  const fields = new FormData();
  fields.set("csrf_token", "old");
  fields.set("words", "Κλείσαμε τη λακκούβα");
  return fields;
}

const send = (fields = form()): Promise<Response | null> => postForm("/send", fields, "/page");

afterEach(() => vi.unstubAllGlobals());

describe("a form that is sent", () => {
  it("goes once when it is taken, and when it is refused", async () => {
    for (const status of [200, 412, 422, 403, 500]) {
      const asked = server(answer(status));
      expect((await send())?.status).toBe(status);
      expect(asked).toEqual(["POST /send old"]);
    }
  });

  it("is followed to the page it leads to", async () => {
    server(answer(200, "day", "/crew"));
    expect(await (await send())?.text()).toBe("day");
  });

  it("tells that nobody is signed in any more", async () => {
    server(answer(200, "door", "/login"));
    expect(await send()).toBeNull();
  });

  it("tells the same when the session is gone with its token", async () => {
    const asked = server(answer(400), answer(200, "door", "/login?next=/page"));
    expect(await send()).toBeNull();
    expect(asked).toEqual(["POST /send old", "GET /page"]);
  });

  it("goes again with today's token after somebody has signed in elsewhere", async () => {
    const asked = server(answer(400), answer(200, page), answer(200, "done", "/crew"));
    const fields = form();
    expect(await (await send(fields))?.text()).toBe("done");
    expect(asked).toEqual(["POST /send old", "GET /page", "POST /send today"]);
    expect(fields.get("words")).toBe("Κλείσαμε τη λακκούβα");
  });

  it("is not sent a third time", async () => {
    const asked = server(answer(400), answer(200, page), answer(400));
    expect((await send())?.status).toBe(400);
    expect(asked).toHaveLength(3);
  });

  it("keeps its own refusal when the page has no token", async () => {
    server(answer(400), answer(404));
    expect((await send())?.status).toBe(400);
  });

  it("rejects without a connection", async () => {
    server();
    await expect(send()).rejects.toThrow("no connection");
  });
});
