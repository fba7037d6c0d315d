export type { CharterCommand } from "./charter-command.js";
