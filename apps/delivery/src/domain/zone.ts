import { type Destination, postcodeArea } from "./destination.js";

/** The parts of the world that the tariff tells apart. */
export type Zone = "MAINLAND" | "REMOTE" | "EUROPE_NEAR" | "EUROPE_FAR" | "WORLD";

/** Highlands, islands and Northern Ireland: reached by ferry or by a long way. */
const remoteAreas = new Set(["BT", "GY", "HS", "IM", "IV", "JE", "KW", "ZE"]);

const countries: Readonly<Record<Exclude<Zone, "MAINLAND" | "REMOTE">, string>> = {
  EUROPE_NEAR: "AT BE CH DE DK ES FR IE IT LI LU NL PT",
  EUROPE_FAR: "BG CY CZ EE FI GR HR HU IS LT LV MC MT NO PL RO SE SI SK SM",
  WORLD: "AE AR AU BH BR CA CL CN HK IL IN JP KR KW LB MA MX MY NZ QA SA SG TH TR TW US ZA",
};

const zoneOfCountry = new Map<string, Zone>(
  Object.entries(countries).flatMap(([zone, codes]) => codes.split(" ").map((code) => [code, zone as Zone])),
);

/** The zone of a destination, or undefined when nobody delivers there. */
export function zoneOf(destination: Destination): Zone | undefined {
  const area = postcodeArea(destination);
  if (area === undefined) return zoneOfCountry.get(destination.countryCode);
  return remoteAreas.has(area) ? "REMOTE" : "MAINLAND";
}

/** The area whose vans drive slots to the destination, or undefined where none are driven. */
export function slotAreaOf(destination: Destination): string | undefined {
  return zoneOf(destination) === "MAINLAND" ? `gb-${postcodeArea(destination)?.toLowerCase()}` : undefined;
}
