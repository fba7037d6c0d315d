import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate and its private key, both PEM. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** An authority made for one test; nobody else trusts it. */
export interface TestAuthority {
  /** Its own certificate, PEM: what those who shall trust it are given. */
  readonly cert: string;
  /** Certifies a new key for host names and IPv4 addresses. Good for a day, or from yesterday on and no longer where `expired`. */
  issue(names: readonly string[], options?: { readonly expired?: boolean }): Certified;
}

const DAY_MS = 86_400_000;
/** Object identifiers in DER: RFC 5280, 4.2.1 and RFC 5758, 3.2. */
const oids = {
  ecdsaWithSha256: Buffer.from("06082a8648ce3d040302", "hex"),
  commonName: Buffer.from("0603550403", "hex"),
  keyUsage: Buffer.from("0603551d0f", "hex"),
  subjectAltName: Buffer.from("0603551d11", "hex"),
  basicConstraints: Buffer.from("0603551d13", "hex"),
};
const SEQUENCE = 0x30;
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
const SIGNATURE = der(SEQUENCE, oids.ecdsaWithSha256);

/** Makes an authority whose certificates TLS clients and servers of any kind take: X.509 version 3, ECDSA on P-256. */
export function createAuthority(name = "Test Authority"): TestAuthority {
  const { publicKey, privateKey } = newKeys();
  const own = [
    extension(oids.basicConstraints, der(SEQUENCE, TRUE)),
    extension(oids.keyUsage, KEY_CERT_SIGN),
  ];
  const certify = (subject: string, key: KeyObject, extensions: readonly Buffer[], untilMs: number) =>
    certificate({ issuer: name, issuerKey: privateKey, subject, key, extensions, untilMs });
  return {
    cert: certify(name, publicKey, own, Date.now() + DAY_MS),
    issue(names, { expired = false } = {}) {
      const keys = newKeys();
      const san = extension(oids.subjectAltName, der(SEQUENCE, ...names.map(generalName)));
      const untilMs = Date.now() + (expired ? -DAY_MS / 2 : DAY_MS);
      return {
        cert: certify(names[0] ?? "nobody", keys.publicKey, [san], untilMs),
        key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

/** A bit string with the one bit that lets a key sign certificates. */
const KEY_CERT_SIGN = Buffer.from([0x03, 0x02, 0x02, 0x04]);

interface CertificateParts {
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly subject: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly untilMs: number;
}

function certificate({ issuer, issuerKey, subject, key, extensions, untilMs }: CertificateParts): string {
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    serialNumber(),
    SIGNATURE,
    nameOf(issuer),
    der(SEQUENCE, time(Date.now() - DAY_MS), time(untilMs)),
    nameOf(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, der(SEQUENCE, ...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, issuerKey));
  const lines =
    der(SEQUENCE, body, SIGNATURE, signature)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

let issued = 0;

/** Differs from all others of this process: some clients refuse two certificates of one authority with the same number. */
function serialNumber(): Buffer {
  issued += 1;
  const number = Buffer.alloc(8, 0x10);
  number.writeUInt32BE(issued, 4);
  return der(0x02, number);
}

function newKeys() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function nameOf(commonName: string): Buffer {
  return der(SEQUENCE, der(0x31, der(SEQUENCE, oids.commonName, der(0x0c, Buffer.from(commonName)))));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, "");
  return der(0x17, Buffer.from(digits.slice(2)));
}

/** Critical, as those are that an authority needs; that a name may be so does no harm. */
function extension(oid: Buffer, value: Buffer): Buffer {
  return der(SEQUENCE, oid, TRUE, der(0x04, value));
}

function generalName(name: string): Buffer {
  const isAddress = /^[\d.]+$/.test(name);
  return isAddress ? der(0x87, Buffer.from(name.split(".").map(Number))) : der(0x82, Buffer.from(name));
}

/** A value with its tag and length: ITU-T X.690, 8.1. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const size = value.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
