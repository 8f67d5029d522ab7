import "../styles/crew.scss";
import { enhanceMaps } from "./pages/maps";
import { sendForms } from "./crew/send";
import { showConnection } from "./crew/net";
import { photoFields } from "./crew/photo";

enhanceMaps();
showConnection();
photoFields();
sendForms();
document.querySelector<HTMLElement>("[data-refusal]")?.focus();
