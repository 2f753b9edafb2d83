// Loaded before the record store of the tests: whatever listens, listens to this machine only.
"use strict";

const net = require("node:net");

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (port, ...rest) {
  const callback = rest.find((one) => typeof one === "function");
  return listen.call(this, { port: Number(port), host: "127.0.0.1" }, callback);
};
