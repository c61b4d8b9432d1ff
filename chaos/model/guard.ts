/** Whether a plan needs a reason (README, "The guard"). */
export function needsReason(
  facts: { readonly deactivate: number; readonly recently: number; readonly active: number },
  limits: { readonly count: number; readonly percent: number },
): boolean {
  const { deactivate, recently, active } = facts;
  if (deactivate === 0) return false;
  const sum = deactivate + recently;
  return deactivate >= active || (sum > limits.count && sum > (active * limits.percent) / 100);
}
