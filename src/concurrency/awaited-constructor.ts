/** Computed, since a class may not have an accessor of this name in plain sight. */
export const CONSTRUCTOR: string = 'constructor';

/** The classes whose instances answer to `await` as their base class does. */
const inheriting = new WeakSet<object>();
/** Spares most calls the look-up. */
let latest: unknown;

/**
 * Has instances of `subclass` answer to `await` as those of `base` do. Every class has a `constructor`
 * of its own, which would hide the accessor of `base` by that name.
 */
export function inheritConstructor(
  subclass: { readonly prototype: object },
  base: { readonly prototype: object },
): void {
  if (subclass === latest) return;
  latest = subclass;
  if (inheriting.has(subclass)) return;
  inheriting.add(subclass);
  const accessor = Object.getOwnPropertyDescriptor(base.prototype, CONSTRUCTOR) as PropertyDescriptor;
  for (let of = subclass.prototype; of !== base.prototype; of = Object.getPrototypeOf(of))
    Object.defineProperty(of, CONSTRUCTOR, accessor);
}
