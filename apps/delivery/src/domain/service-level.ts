/** How fast and how precisely a parcel arrives: days, a day, or a slot of a few hours. */
export type ServiceLevel = "STANDARD" | "EXPRESS" | "SLOT";
