// Reads a JSON array of statements from standard input, writes the faults of each as a JSON array of lists.
"use strict";

const { readFileSync } = require("node:fs");
const validate = require("@learninglocker/xapi-validation").default;

const statements = JSON.parse(readFileSync(0, "utf8"));
const faults = statements.map((one) => validate(one, ["statement"]).map(String));
process.stdout.write(JSON.stringify(faults));
