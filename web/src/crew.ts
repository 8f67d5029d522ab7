import "../styles/crew.scss";
import { enhanceMaps } from "./pages/maps";
import { enhancePasskeys } from "./pages/passkey";
import { sendForms } from "./crew/send";
import { showConnection } from "./crew/net";
import { photoFields } from "./crew/photo";

enhanceMaps();
enhancePasskeys();
showConnection();
photoFields();
sendForms();
document.querySelector<HTMLElement>("[data-refusal]")?.focus();
