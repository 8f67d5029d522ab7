import "../styles/listing.scss";
import { Listing } from "./pages/listing";

new Listing(document.querySelector<HTMLElement>("[data-listing]")!);
