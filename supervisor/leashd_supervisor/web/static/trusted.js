// The two places where the page hands text to the browser as more than text.  Everything else is text nodes.

const policy = globalThis.trustedTypes?.createPolicy("leashd", {
  createHTML: (html) => html,
  createScriptURL: (url) => {
    if (url !== "/sw.js") throw new TypeError(`${url} is not the service worker`);
    return url;
  },
});

/** HTML that the server made and cleaned: a diff, a plan, a QR code. */
export const serverHtml = (html) => ({ __html: policy ? policy.createHTML(html) : html });

/** The address of the service worker. */
export const workerUrl = () => (policy ? policy.createScriptURL("/sw.js") : "/sw.js");
