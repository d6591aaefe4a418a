"""Orders are found by words, names, numbers and parts of numbers: one row per order, kept by triggers."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Letters of the languages we serve, and what is typed for them: no extension of the server is needed.
ACCENTED = "áàâäãåąćčçďéèêëęěíìîïıłľńñňóòôöõőøřśšťúùûüůűýÿźżžœæßđ"
PLAIN = "aaaaaaacccdeeeeeeiiiiillnnnooooooorsstuuuuuuyyzzzoasd"
# `lower` knows only the letters of the database's locale, which may be none of these.
CAPITALS = [(letter.upper(), plain) for letter, plain in zip(ACCENTED, PLAIN, strict=True) if letter not in "ßı"]
LETTERS = ACCENTED + "".join(letter for letter, _ in CAPITALS)
FOR_LETTERS = PLAIN + "".join(plain for _, plain in CAPITALS)
# Shorter ends of a number would be in every second order.
SHORTEST_END = 3

CREATE = f"""
CREATE FUNCTION search_text(told text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(translate(lower(coalesce(told, '')), '{LETTERS}', '{FOR_LETTERS}'), '[^a-z0-9]+', ' ', 'g')
$$;
-- Every end of a number is a word: what begins with a part of it, as a prefix, finds the whole.
CREATE FUNCTION search_ends(told text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT substr(number, start)), '{{}}'::text[]))
    FROM regexp_replace(search_text(told), ' ', '', 'g') AS number,
         generate_series(1, greatest(1, length(number) - {SHORTEST_END - 1})) AS start
    WHERE number <> ''
$$;
CREATE TABLE order_search (
    order_id UUID NOT NULL,
    country_code VARCHAR(2) NOT NULL,
    bu_code VARCHAR(50) NOT NULL,
    store_code VARCHAR(50),
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT order_search_pkey PRIMARY KEY (order_id),
    CONSTRAINT order_search_order_id_fkey FOREIGN KEY(order_id) REFERENCES service_orders (id) ON DELETE CASCADE
);
CREATE INDEX order_search_words_idx ON order_search USING gin (words);
CREATE INDEX order_search_newest_idx ON order_search (created_at DESC, order_id DESC);
CREATE FUNCTION search_words(o service_orders) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT to_tsvector('simple', search_text(concat_ws(' ', o.customer_data->>'name', o.customer_data->>'email',
               o.customer_data#>>'{{address,street}}', o.customer_data#>>'{{address,city}}',
               o.customer_data#>>'{{address,postalCode}}', o.service_type, o.store_code, o.source_system,
               (SELECT string_agg(product->>'name', ' ') FROM jsonb_array_elements(o.products) AS product))))
        || search_ends(o.external_order_id) || search_ends(o.customer_data->>'phone')
        || search_ends(o.customer_data->>'id') || search_ends(o.customer_data#>>'{{address,postalCode}}')
        || coalesce((SELECT search_ends(p.order_number) FROM order_progress p WHERE p.order_id = o.id), ''::tsvector)
$$;
CREATE FUNCTION keep_order_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO order_search (order_id, country_code, bu_code, store_code, created_at, words)
    SELECT o.id, o.country_code, o.bu_code, o.store_code, coalesce(o.created_at, now()), search_words(o)
    FROM service_orders o WHERE o.id = CASE WHEN TG_TABLE_NAME = 'service_orders'
        THEN (to_jsonb(NEW)->>'id')::uuid ELSE (to_jsonb(NEW)->>'order_id')::uuid END
    ON CONFLICT (order_id) DO UPDATE SET words = excluded.words, store_code = excluded.store_code;
    RETURN NULL;
END $$;
CREATE TRIGGER service_orders_search AFTER INSERT OR UPDATE OF customer_data, products, service_type, store_code
    ON service_orders FOR EACH ROW EXECUTE FUNCTION keep_order_search();
CREATE TRIGGER order_progress_search AFTER INSERT OR UPDATE OF order_number
    ON order_progress FOR EACH ROW EXECUTE FUNCTION keep_order_search();
INSERT INTO order_search (order_id, country_code, bu_code, store_code, created_at, words)
    SELECT o.id, o.country_code, o.bu_code, o.store_code, coalesce(o.created_at, now()), search_words(o)
    FROM service_orders o;
"""


def upgrade() -> None:
    """Orders that are there are found at once. Workers of the version before need to know nothing of it."""
    op.execute(CREATE)


def downgrade() -> None:
    """Orders are found by their whole numbers again."""
    op.execute("DROP TRIGGER service_orders_search ON service_orders")
    op.execute("DROP TRIGGER order_progress_search ON order_progress")
    op.execute("DROP FUNCTION keep_order_search(), search_words(service_orders)")
    op.execute("DROP TABLE order_search")
    op.execute("DROP FUNCTION search_ends(text), search_text(text)")
