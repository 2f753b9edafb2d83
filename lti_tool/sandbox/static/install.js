// The tool says that it is done (Dynamic Registration 1.0, 3.7). Without this the link below the frame leads on.
"use strict";

const registration = document.getElementById("registration");

window.addEventListener("message", (event) => {
  if (event.source === registration.contentWindow && event.data?.subject === "org.imsglobal.lti.close") {
    window.location.assign(document.getElementById("done").href);
  }
});
