/** The channel on which the database tells what has changed. */
export const changeChannel = "changes";

/** How that channel calls an item. */
export const stockKey = (sku: string): string => `stock/${sku}`;

/** How that channel calls an order. */
export const orderKey = (orderId: string): string => `order/${orderId}`;
