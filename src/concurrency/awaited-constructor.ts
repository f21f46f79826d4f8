/** Computed, since a class may not have an accessor of this name in plain sight. */
export const CONSTRUCTOR: string = 'constructor';

/**
 * The classes whose instances answer to `await` as their base class does. Each keeps a sample of what the
 * constructor of the base class makes for it: see {@link keepShape}.
 */
const inheriting = new WeakMap<object, object>();
/** Spare most calls the look-up: programs make futures of two or three classes in turn. */
let latest: unknown;
let second: unknown;
let third: unknown;

/**
 * Has instances of `subclass` answer to `await` as those of `base` do. Every class has a `constructor`
 * of its own, which would hide the accessor of `base` by that name.
 */
export function inheritConstructor(
  subclass: new (...args: never[]) => object,
  base: new () => object,
): void {
  if (subclass === latest || subclass === second || subclass === third) return;
  third = second;
  second = latest;
  latest = subclass;
  if (inheriting.has(subclass)) return;
  inheriting.set(subclass, subclass);
  const accessor = Object.getOwnPropertyDescriptor(base.prototype, CONSTRUCTOR);
  // In each prototype on the way, in place of in none: `await` finds it sooner.
  for (let of = subclass.prototype; of !== base.prototype; of = Object.getPrototypeOf(of))
    Object.defineProperty(of, CONSTRUCTOR, accessor as PropertyDescriptor);
  inheriting.set(subclass, Reflect.construct(base, [], subclass));
}
