-- What all spellings of one item have in common: GS1's item, logistic unit or asset as Digital Link (on any domain, http or https, with any
-- query), as EPC URN or as element string in brackets is one key, e.g. sgtin:950600013435.ABC. It stands without check digit, without
-- leading zeros and without the split of the company prefix, which the spellings do not share. Any other code is its own key.
-- Equal to `readGs1` of models/gs1/identifier.ts, which verifies check digits besides.
--   SELECT core_item_key('urn:epc:id:sgtin:9506000.013435.ABC') = core_item_key('https://id.gs1.org/01/09506000134352/21/ABC?17=271200')
CREATE OR REPLACE FUNCTION core_item_key {{on_cluster}} AS (code) -> multiIf(
    -- Most private codes end here.
    lower(substring(code, 1, 4)) NOT IN ('http', 'urn:') AND NOT startsWith(code, '('), code,
    -- Most links have nothing beside the key: a few hundred nanoseconds instead of microseconds.
    match(code, '^https?://[^?#%]*$') AND match(substring(code, position(code, '/01/')), '^/01/[0-9]{14}/21/[^/]+$'),
        concat('sgtin:', toString(toUInt64OrZero(substring(code, position(code, '/01/') + 4, 13))), '.', substring(code, position(code, '/01/') + 22)),
    match(code, '^https?://[^?#%]*$') AND match(substring(code, position(code, '/00/')), '^/00/[0-9]{18}$'),
        concat('sscc:', substring(code, position(code, '/00/') + 4, 17)),
    -- A link that names no key is its own key. So are the codes of many a brand: each expression below would read them to their end.
    lower(substring(code, 1, 4)) = 'http' AND NOT multiSearchAnyCaseInsensitive(code, ['/01/', '/gtin/', '/00/', '/sscc/', '/8003/', '/grai/', '/8004/', '/giai/']), code,
    -- A third party's serial number (235) makes it another key.
    lower(substring(code, 1, 4)) = 'http' AND position(code, '/235/') > 0, code,
    -- Of a link the first key of the right form counts; pairs of numbers and values may stand between a GTIN and its serial number.
    lower(substring(code, 1, 4)) = 'http' AND multiSearchAnyCaseInsensitive(code, ['/01/', '/gtin/']) AND replaceRegexpOne(code, '(?is)^https?://[^/?#]+(?:/[^/?#]*)*?/(?:01|gtin)/([0-9]{7}|[0-9]{11,13})[0-9](?:/[^/?#]+/[^/?#]+)*?/(?:21|ser)/([^/?#]+).*$', 'sgtin:\\1.\\2') != code,
        decodeURLComponent(replaceRegexpOne(replaceRegexpOne(code, '(?is)^https?://[^/?#]+(?:/[^/?#]*)*?/(?:01|gtin)/([0-9]{7}|[0-9]{11,13})[0-9](?:/[^/?#]+/[^/?#]+)*?/(?:21|ser)/([^/?#]+).*$', 'sgtin:\\1.\\2'), '^sgtin:0+', 'sgtin:')),
    lower(substring(code, 1, 4)) = 'http' AND multiSearchAnyCaseInsensitive(code, ['/00/', '/sscc/']) AND replaceRegexpOne(code, '(?is)^https?://[^/?#]+(?:/[^/?#]*)*?/(?:00|sscc)/([0-9]{17})[0-9](?:[/?#].*)?$', 'sscc:\\1') != code, replaceRegexpOne(code, '(?is)^https?://[^/?#]+(?:/[^/?#]*)*?/(?:00|sscc)/([0-9]{17})[0-9](?:[/?#].*)?$', 'sscc:\\1'),
    lower(substring(code, 1, 4)) = 'http' AND multiSearchAnyCaseInsensitive(code, ['/8003/', '/grai/']) AND replaceRegexpOne(code, '(?is)^https?://[^/?#]+(?:/[^/?#]*)*?/(?:8003|grai)/0([0-9]{12})[0-9]([^/?#]+).*$', 'grai:\\1.\\2') != code, decodeURLComponent(replaceRegexpOne(code, '(?is)^https?://[^/?#]+(?:/[^/?#]*)*?/(?:8003|grai)/0([0-9]{12})[0-9]([^/?#]+).*$', 'grai:\\1.\\2')),
    lower(substring(code, 1, 4)) = 'http' AND multiSearchAnyCaseInsensitive(code, ['/8004/', '/giai/']) AND replaceRegexpOne(code, '(?is)^https?://[^/?#]+(?:/[^/?#]*)*?/(?:8004|giai)/([0-9]{6}[^/?#]*).*$', 'giai:\\1') != code, decodeURLComponent(replaceRegexpOne(code, '(?is)^https?://[^/?#]+(?:/[^/?#]*)*?/(?:8004|giai)/([0-9]{6}[^/?#]*).*$', 'giai:\\1')),
    lower(substring(code, 1, 4)) = 'http', code,
    -- Company prefix and reference have as many digits as the key without its check digit, with a point between.
    match(code, '(?i)^urn:epc:id:sgtin:[0-9.]{14}\\.') AND match(code, '(?i)^urn:epc:id:sgtin:[0-9]{6,12}\\.[0-9]+\\..'),
        decodeURLComponent(replaceRegexpOne(
            replaceRegexpOne(code, '(?i)^urn:epc:id:sgtin:([0-9]+)\\.([0-9])([0-9]*)\\.', 'sgtin:\\2\\1\\3.'), '^sgtin:0+', 'sgtin:')),
    match(code, '(?i)^urn:epc:id:sscc:[0-9.]{18}$') AND match(code, '(?i)^urn:epc:id:sscc:[0-9]{6,12}\\.[0-9]+$'),
        replaceRegexpOne(code, '(?i)^urn:epc:id:sscc:([0-9]+)\\.([0-9])([0-9]*)$', 'sscc:\\2\\1\\3'),
    match(code, '(?i)^urn:epc:id:grai:[0-9.]{13}\\.') AND match(code, '(?i)^urn:epc:id:grai:[0-9]{6,12}\\.[0-9]*\\..'),
        decodeURLComponent(replaceRegexpOne(code, '(?i)^urn:epc:id:grai:([0-9]+)\\.([0-9]*)\\.', 'grai:\\1\\2.')),
    match(code, '(?i)^urn:epc:id:giai:[0-9]{6,12}\\..'),
        decodeURLComponent(replaceRegexpOne(code, '(?i)^urn:epc:id:giai:([0-9]+)\\.', 'giai:\\1')),
    match(code, '^\\(01\\) ?[0-9]{14} ?(?:\\([0-9]{2,4}\\)[^(]*)*?\\(21\\) ?[^( ]'),
        replaceRegexpOne(code, '(?s)^\\(01\\) ?0*([0-9]{0,13})[0-9] ?(?:\\([0-9]{2,4}\\)[^(]*)*?\\(21\\) ?([^( ]+).*$', 'sgtin:\\1.\\2'),
    match(code, '^\\(00\\) ?[0-9]{18}$'),
        replaceRegexpOne(code, '^\\(00\\) ?([0-9]{17})[0-9]$', 'sscc:\\1'),
    code
);
