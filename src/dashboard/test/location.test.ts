import { describe, expect, test } from 'vitest';
import { formatPlace, parsePlace, placeFrom, placeWith } from '../src/state/location';

describe('location', () => {
  test('formatPlace_ofWhatParsePlaceRead_isTheSameAddress', () => {
    for (const address of ['/', '/?filter=user&sort=-rps', '/workload?id=shop/deployment/users&window=5m', '/tap?path=/a%3Fb%26c', '/traces?tag=a%3Db:c']) {
      const [path = '/', search = ''] = address.split(/(?=\?)/);
      expect(formatPlace(parsePlace(path, search))).toBe(address);
    }
  });

  test('formatPlace_parametersInAnyOrder_isOneAddress', () => {
    expect(formatPlace({ page: 'tap', params: { b: '2', a: '1' } })).toBe(formatPlace({ page: 'tap', params: { a: '1', b: '2' } }));
  });

  test('placeFrom_anotherPage_takesNamespaceAndWindowAlone', () => {
    const here = parsePlace('/', '?namespace=shop&window=5m&sort=-rps&filter=x');
    expect(placeFrom(here, 'service', { id: 'shop/users' })).toEqual({ page: 'service', params: { namespace: 'shop', window: '5m', id: 'shop/users' } });
  });

  test('placeWith_emptyValue_leavesTheParameterOut', () => {
    expect(placeWith(parsePlace('/tap', '?path=/x&method=GET'), { path: '' })).toEqual({ page: 'tap', params: { method: 'GET' } });
  });
});
