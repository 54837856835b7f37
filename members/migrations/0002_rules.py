from django.db import migrations

# Facts about people that others build on: rows of periods and terms change only by getting their last day.
MEMBER = """
CREATE FUNCTION members_guard_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.handle = OLD.handle
     AND (OLD.user_id IS NULL OR NEW.user_id IS NOT DISTINCT FROM OLD.user_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on members_member refused: handle and account stay', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER members_member_guard BEFORE UPDATE OR DELETE ON members_member
  FOR EACH ROW EXECUTE FUNCTION members_guard_member();
"""
MEMBERSHIP = """
CREATE FUNCTION members_guard_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.exited_on IS NULL AND NEW.exited_on IS NOT NULL
     AND (NEW.id, NEW.member_id, NEW.joined_on, NEW.decided_by, NEW.recorded_at)
       = (OLD.id, OLD.member_id, OLD.joined_on, OLD.decided_by, OLD.recorded_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on members_membership refused: a period only gets its last day, once', TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER members_membership_guard BEFORE UPDATE OR DELETE ON members_membership
  FOR EACH ROW EXECUTE FUNCTION members_guard_membership();
"""
# A term that its holder left before it began had no effect: it may go, so that somebody else can be seated for that time.
TERM = """
CREATE FUNCTION members_guard_term() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.ends_on IS NOT NULL AND (OLD.ends_on IS NULL OR NEW.ends_on <= OLD.ends_on)
     AND (NEW.id, NEW.role, NEW.starts_on, NEW.decided_by, NEW.recorded_at)
       = (OLD.id, OLD.role, OLD.starts_on, OLD.decided_by, OLD.recorded_at)
     AND (NEW.member_id, NEW.user_id, NEW.deputy_id) IS NOT DISTINCT FROM (OLD.member_id, OLD.user_id, OLD.deputy_id) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND OLD.role = 'leader' AND NOT EXISTS (
       SELECT FROM members_membership WHERE member_id = OLD.member_id AND joined_on <= OLD.starts_on
         AND (exited_on IS NULL OR exited_on >= OLD.starts_on)) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% on members_term refused: a term only gets an earlier last day', TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER members_term_guard BEFORE UPDATE OR DELETE ON members_term
  FOR EACH ROW EXECUTE FUNCTION members_guard_term();
"""
TABLES = ("member", "membership", "term")
TRUNCATE = ";".join(
    f"CREATE TRIGGER members_{table}_stays BEFORE TRUNCATE ON members_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()"
    for table in TABLES
)


def undo(table: str) -> str:
    return f"DROP TRIGGER members_{table}_guard ON members_{table}; DROP FUNCTION members_guard_{table}"


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("journal", "0002_rules")]

    operations = [
        migrations.RunSQL(MEMBER, undo("member")),
        migrations.RunSQL(MEMBERSHIP, undo("membership")),
        migrations.RunSQL(TERM, undo("term")),
        migrations.RunSQL(
            TRUNCATE, ";".join(f"DROP TRIGGER members_{table}_stays ON members_{table}" for table in TABLES)
        ),
    ]
