import "../styles/citizen.scss";
import { enhanceMaps } from "./pages/maps";
import { enhanceReport } from "./pages/report";
import { enhanceCopying, enhanceErrorLinks, focusFirst, unfoldWhereWide } from "./pages/small";

const form = document.querySelector<HTMLFormElement>("form[data-report]");
if (form) enhanceReport(form);
enhanceErrorLinks();
enhanceCopying();
enhanceMaps();
unfoldWhereWide();
focusFirst();
