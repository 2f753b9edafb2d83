// The platform that opened this page closes it on this message (Dynamic Registration 1.0, section 3.7). It holds
// nothing secret, and the platform's own page may live on another host than its issuer: any may read it.
// Without this script, and where nobody listens, the link leads back to the platform.
const PATIENCE = 1500; // milliseconds
const link = document.querySelector("[data-close-registration]");
const platform = window.opener ?? (window.parent === window ? null : window.parent);

if (link && platform) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    platform.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
    setTimeout(() => window.open(link.href, "_top"), PATIENCE);
  });
}
