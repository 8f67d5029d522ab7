import "../styles/crew.scss";
import { enhanceMaps } from "./pages/maps";
import { enhancePasskeys } from "./pages/passkey";
import { sendForms } from "./crew/send";
import { showConnection } from "./crew/net";
import { photoFields } from "./crew/photo";
import { registerWorker } from "./ports/worker";

enhanceMaps();
enhancePasskeys();
showConnection();
photoFields();
sendForms();
void registerWorker();
document.querySelector<HTMLElement>("[data-refusal]")?.focus();
