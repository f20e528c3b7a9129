import { catalogue, type ErrorCode } from "./catalogue.ts";

/** A refusal the domain means: it has a code of the catalogue and a text fit for the caller. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly status: number;

  constructor(code: ErrorCode, message: string = catalogue[code].message) {
    super(message);
    this.name = "DomainError";
    this.code = code;
    this.status = catalogue[code].status;
  }
}

/** The problem a code stands for, where nothing is thrown: the documentation of a route lists them. */
export function problem(code: ErrorCode, message: string = catalogue[code].message) {
  return { code, status: catalogue[code].status, message };
}
