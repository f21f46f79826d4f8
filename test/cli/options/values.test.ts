import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bandwidth,
  duration,
  durationRange,
  failureLimit,
  integer,
  integerOrAuto,
  listOf,
  oneOf,
  port,
  positiveDuration,
  reason,
  requestRate,
  share,
  size,
  UsageError,
} from '../../../src/cli/options/values.ts';

/** Checks that a parser refuses a text, and what it says. */
function refuses(
  parse: (text: string, name: string) => unknown,
  [text, name]: readonly [text: string, name: string],
  message: string,
): void {
  assert.throws(
    () => parse(text, name),
    (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, `${name} ${message}`);
      return true;
    },
  );
}

for (const [text, ms] of [
  ['500ms', 500],
  ['0.5s', 500],
  ['.5s', 500],
  ['2s', 2_000],
  ['1m', 60_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['2', 2_000],
  ['0.25', 250],
  ['0', 0],
  ['500MS', 500],
  [' 2s ', 2_000],
  ['0.4ms', 0],
] as const) {
  test(`duration: '${text}' is ${ms} ms`, () => {
    assert.equal(duration(text, '--delay D'), ms);
  });
}

for (const text of ['', 's', '5x', '-1s', '+1s', '1e3', '1 s', '1s2', '1,5s', '.', '0x10', 'NaN']) {
  test(`duration: '${text}' is refused`, () => {
    refuses(
      duration,
      [text, '--delay D'],
      `must be a duration like 500ms, 0.5s, 1m or a number of seconds, not '${text}'`,
    );
  });
}

test('duration: 2147483647 ms, the longest timer of Node, is the limit', () => {
  assert.equal(duration('2147483647ms', '--delay D'), 2 ** 31 - 1);
  for (const text of ['2147483648ms', '25000h', '9'.repeat(400)]) {
    refuses(duration, [text, '--delay D'], 'must be shorter than 24 days');
  }
});

test('positiveDuration: 0 is refused', () => {
  assert.equal(positiveDuration('1ms', '--row-timeout D'), 1);
  for (const text of ['0', '0.4ms']) {
    refuses(positiveDuration, [text, '--row-timeout D'], 'must be longer than 0');
  }
});

for (const [text, range] of [
  ['100ms-2s', { min: 100, max: 2_000 }],
  ['0-1', { min: 0, max: 1_000 }],
  ['1s - 1s', { min: 1_000, max: 1_000 }],
  ['0.5s', { min: 500, max: 500 }],
] as const) {
  test(`durationRange: '${text}' is ${range.min} to ${range.max} ms`, () => {
    assert.deepEqual(durationRange(text, '--delay D'), range);
  });
}

test('durationRange: ends that are turned round are refused', () => {
  refuses(
    durationRange,
    ['2s-100ms', '--delay D'],
    "must be a range from shorter to longer, not '2s-100ms'",
  );
});

for (const text of ['1s-', '-1s', '-', '1s-2s-3s', '']) {
  test(`durationRange: '${text}' is refused`, () => {
    assert.throws(() => durationRange(text, '--delay D'), UsageError);
  });
}

for (const [text, bytes] of [
  ['0', 0],
  ['500', 500],
  ['500b', 500],
  ['10k', 10_000],
  ['10kB', 10_000],
  ['10K', 10_000],
  ['1.5MB', 1_500_000],
  ['2g', 2e9],
  ['1t', 1e12],
  ['1KiB', 1024],
  ['2GiB', 2 * 2 ** 30],
  ['1.5mi', 1.5 * 2 ** 20],
  [' 7 ', 7],
  ['0.0001k', 0],
] as const) {
  test(`size: '${text}' is ${bytes} bytes`, () => {
    assert.equal(size(text, '--max-size S'), bytes);
  });
}

for (const text of ['', 'k', '-1', '1x', '1 000', '1e3', '.5k', '1.', '10kk', '1bb', 'Infinity']) {
  test(`size: '${text}' is refused`, () => {
    refuses(
      size,
      [text, '--max-size S'],
      `must be a size such as 500k, 10MB or 2GiB, not '${text}'`,
    );
  });
}

for (const [text, perSecond] of [
  ['10MB/s', 10_000_000],
  ['500k', 500_000],
  ['1MiB/s', 1_048_576],
] as const) {
  test(`bandwidth: '${text}' is ${perSecond} bytes a second`, () => {
    assert.equal(bandwidth(text, '--bandwidth S'), perSecond);
  });
}

test('bandwidth: 0, and a text that is not a size, are refused', () => {
  refuses(bandwidth, ['0', '--bandwidth S'], 'must be more than 0');
  assert.throws(() => bandwidth('fast', '--bandwidth S'), UsageError);
});

for (const [text, perSecond] of [
  ['50/s', 50],
  ['50', 50],
  ['0.5/s', 0.5],
  ['120/min', 2],
  ['120/m', 2],
  ['3600/h', 1],
  ['86400/d', 1],
] as const) {
  test(`requestRate: '${text}' is ${perSecond} a second`, () => {
    assert.equal(requestRate(text, '--rate R'), perSecond);
  });
}

for (const text of ['', '0', '0/s', '-1/s', '50/fortnight', 'fast', '1/2', '50 /s x']) {
  test(`requestRate: '${text}' is refused`, () => {
    refuses(
      requestRate,
      [text, '--rate R'],
      `must be a rate such as 50/s, 100/min or 1000/h, not '${text}'`,
    );
  });
}

test('integer: both bounds are included', () => {
  assert.deepEqual(
    ['1', '1000'].map((text) => integer(1, 1000)(text, '--limit N')),
    [1, 1000],
  );
});

for (const [text, message] of [
  ['0', 'must be >= 1'],
  ['-3', 'must be >= 1'],
  ['1001', 'must be <= 1000'],
  ['1.5', "must be a whole number, not '1.5'"],
  ['ten', "must be a whole number, not 'ten'"],
  ['', "must be a whole number, not ''"],
] as const) {
  test(`integer: '${text}' is refused`, () => {
    refuses(integer(1, 1000), [text, '--limit N'], message);
  });
}

test('integer: a number that JavaScript would round is refused', () => {
  refuses(integer(1), ['9007199254740993', '--tries N'], 'must be <= 9007199254740991');
});

test('integerOrAuto: a number, or auto', () => {
  const parse = integerOrAuto(1);
  assert.deepEqual(
    ['auto', '12'].map((text) => parse(text, '--max-requests N')),
    ['auto', 12],
  );
  refuses(parse, ['0', '--max-requests N'], 'must be >= 1');
  refuses(parse, ['autoo', '--max-requests N'], "must be a whole number or auto, not 'autoo'");
});

test('share: a number from 0 to 1', () => {
  const shares = ['0', '1', '.5', '0.25', '1.0'].map((text) => share(text, '--error-rate R'));
  assert.deepEqual(shares, [0, 1, 0.5, 0.25, 1]);
});

for (const [text, message] of [
  ['1.01', 'must be <= 1'],
  ['-0.1', 'must be >= 0'],
  ['25%', "must be a number from 0 to 1, not '25%'"],
  ['', "must be a number from 0 to 1, not ''"],
] as const) {
  test(`share: '${text}' is refused`, () => {
    refuses(share, [text, '--error-rate R'], message);
  });
}

test('port: 0 to 65535', () => {
  assert.deepEqual(
    ['0', '65535'].map((text) => port(text, '--dashboard PORT')),
    [0, 65_535],
  );
  for (const text of ['65536', '-1', 'http://h/']) {
    refuses(
      port,
      [text, '--dashboard PORT'],
      `must be a port, not '${text}': put --dashboard last, or --dashboard=0`,
    );
  }
});

test('oneOf: one of the words, as it is written', () => {
  const parse = oneOf(['csv', 'tsv']);
  assert.equal(parse('tsv', '--format F'), 'tsv');
  for (const text of ['', 'TSV', 'tsv ', 'toString']) {
    refuses(parse, [text, '--format F'], `must be one of csv, tsv, not '${text}'`);
  }
});

test('reason: one that rows can have, or dns for all of DNS', () => {
  for (const text of ['tls', 'http-503', 'dns']) assert.equal(reason(text, '--reason R'), text);
  for (const text of ['', 'timout', 'http-5']) {
    const message = new RegExp(`^--reason R: there is no reason '${text}'; there are bad-row, `);
    assert.throws(() => reason(text, '--reason R'), { name: UsageError.name, message });
  }
});

test('listOf: every value is parsed', () => {
  assert.deepEqual(listOf(integer(1))('5,50', '--tasks LIST'), [5, 50]);
  refuses(listOf(integer(1)), ['5,', '--tasks LIST'], "must be a whole number, not ''");
});

for (const [text, limit] of [
  ['10', { count: 10 }],
  ['5%', { share: 0.05 }],
  ['0.5%', { share: 0.005 }],
  ['0%', { share: 0 }],
] as const) {
  test(`failureLimit: '${text}' is ${JSON.stringify(limit)}`, () => {
    assert.deepEqual(failureLimit(text, '--max-failures N'), limit);
  });
}

for (const text of ['', '0', '1.5', '-1', '101%', '%', '5 %', 'many']) {
  test(`failureLimit: '${text}' is refused`, () => {
    refuses(
      failureLimit,
      [text, '--max-failures N'],
      `must be a whole number >= 1 or a percentage such as 5%, not '${text}'`,
    );
  });
}
