// The API's pages. Swagger UI is a classic script of its own and finds itself on window.
declare global {
  interface Window {
    SwaggerUIBundle?: (options: Record<string, unknown>) => unknown;
  }
}

const place = document.querySelector<HTMLElement>("[data-openapi]");
if (place && window.SwaggerUIBundle) {
  window.SwaggerUIBundle({
    url: place.dataset.openapi,
    domNode: place,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    syntaxHighlight: false,
    validatorUrl: null,
  });
}

export {};
