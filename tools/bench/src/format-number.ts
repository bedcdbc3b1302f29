const threeDigits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Three digits that mean something, `0.123`, `12.3`; from 1000 on whole numbers, `12,345`. */
export function formatNumber(value: number): string {
  return (Math.abs(value) < 1000 ? threeDigits : whole).format(value);
}
