/**
 * A passkey made or shown in a form, by `[data-passkey="create"|"get"]` (templates/account):
 * data-options is WebAuthn's JSON, the hidden field `credential` takes the answer, data-failed says that there was none.
 */

type Json = Record<string, unknown>;

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export function enhancePasskeys(root: ParentNode = document): void {
  for (const part of root.querySelectorAll<HTMLElement>("[data-passkey]")) {
    part.querySelector("button")?.addEventListener("click", () => void answer(part));
  }
}

async function answer(part: HTMLElement): Promise<void> {
  const field = part.querySelector<HTMLInputElement>("input[name=credential]");
  const status = part.querySelector<HTMLElement>("[role=status]");
  if (!field || !status) return;
  status.textContent = "";
  try {
    const options = JSON.parse(part.dataset.options ?? "") as Json;
    const made = part.dataset.passkey === "create" ? await create(options) : await get(options);
    field.value = JSON.stringify(made);
    field.form?.submit();
  } catch {
    status.textContent = part.dataset.failed ?? "";
  }
}

const described = (list: unknown): PublicKeyCredentialDescriptor[] =>
  ((list ?? []) as Json[]).map(({ id }) => ({ type: "public-key", id: bytes(id as string) }));

async function create(options: Json): Promise<Json> {
  const user = options.user as Json;
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge as string),
    user: { ...user, id: bytes(user.id as string) },
    excludeCredentials: described(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const { attestationObject, clientDataJSON } = made.response as AuthenticatorAttestationResponse;
  return asJson(made, { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON) });
}

async function get(options: Json): Promise<Json> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge as string),
    allowCredentials: described(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
  const shown = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const { authenticatorData, clientDataJSON, signature } = shown.response as AuthenticatorAssertionResponse;
  return asJson(shown, {
    authenticatorData: text(authenticatorData),
    clientDataJSON: text(clientDataJSON),
    signature: text(signature),
  });
}

const asJson = (made: PublicKeyCredential, response: Json): Json => ({
  id: made.id,
  rawId: text(made.rawId),
  type: made.type,
  response,
});
