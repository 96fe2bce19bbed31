/** A position in degrees (WGS 84). */
export type Point = { readonly latitude: number; readonly longitude: number };

const radius = 6_371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Kilometres as the crow flies, rounded to a tenth (haversine): precise enough between centres of postcodes. */
export function kilometresBetween(a: Point, b: Point): number {
  const half = (from: number, to: number): number => Math.sin((radians(to) - radians(from)) / 2) ** 2;
  const chord =
    half(a.latitude, b.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(a.longitude, b.longitude);
  return Math.round(20 * radius * Math.asin(Math.min(1, Math.sqrt(chord)))) / 10;
}
