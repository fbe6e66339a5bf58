INSERT INTO customers VALUES ('00000000000000000000000000000001', 'markeda-login@example.com', 'h', '马可丁名', 'zh', '2026-11-20 00:00:00.000000', 1);
INSERT INTO staff VALUES ('00000000000000000000000000000006', 'staff@example.com', 'h', '店长', 1);
INSERT INTO addresses VALUES ('00000000000000000000000000000005', '00000000000000000000000000000001', 0, '{"name":"收件人马可丁","phone":"+8613812349876","country":"CN","city":"深圳市","street":"马可丁路 987 号","region":"广东省","district":"南山区","postcode":""}');
INSERT INTO orders (id, number, checkout_key, customer_id, contact, address, shipping_code,
  shipping_name, shipping_minor, total_minor, currency, language, state, fulfillment,
  placed_at, pay_before, expire_at, history, version)
VALUES ('00000000000000000000000000000002', '1000000000000001', 'k', '00000000000000000000000000000001', 'markeda-contact@example.com', '{"name":"收件人马可丁","phone":"+8613812349876","country":"CN","city":"深圳市","street":"马可丁路 987 号","region":"广东省","district":"南山区","postcode":""}', 'flat',
  '{}', 0, 100, 'CNY', 'zh', 'completed', 'delivered', '2026-11-20 00:00:00.000000', '2026-11-20 00:00:00.000000', '2026-11-20 00:00:00.000000', '[]', 1);
INSERT INTO order_lines (order_id, position, sku, product_id, title, options, quantity,
  unit_price_minor, picture, return_exception, refunded)
VALUES ('00000000000000000000000000000002', 0, 'POT', '00000000000000000000000000000005', '{}', '{}', 1, 100, '', '', 0);
INSERT INTO shipments (id, order_id, carrier, tracking_number, quantities, shipped_at, delivered_at)
VALUES ('00000000000000000000000000000004', '00000000000000000000000000000002', 'sf', 'SFMARKEDA0001', '{"POT":1}', '2026-11-20 00:00:00.000000', '2026-11-20 00:00:00.000000');
INSERT INTO returns (id, number, order_id, quantities, reason, remedy, note, answer,
  tracking_number, restocked, requested_at, state, version)
VALUES ('00000000000000000000000000000003', '3000000000000001', '00000000000000000000000000000002', '{"POT":1}', 'damaged', 'refund', '马可丁说壶嘴裂了', '',
  '', 0, '2026-11-20 00:00:00.000000', 'requested', 1)
