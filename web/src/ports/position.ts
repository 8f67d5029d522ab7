// Where the reader is, asked of the browser once.

export interface Fix {
  readonly lon: number;
  readonly lat: number;
  readonly accuracyM: number;
}

export class PositionRefused extends Error {}

/** Rejects with PositionRefused when the reader said no, with Error when no position was found in time. */
export function myPosition(timeoutMs = 15_000): Promise<Fix> {
  return new Promise((resolve, reject) => {
    if (!("geolocation" in navigator)) {
      reject(new Error("no geolocation"));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy }),
      (error) => reject(error.code === error.PERMISSION_DENIED ? new PositionRefused() : new Error(error.message)),
      { enableHighAccuracy: true, timeout: timeoutMs, maximumAge: 30_000 },
    );
  });
}
