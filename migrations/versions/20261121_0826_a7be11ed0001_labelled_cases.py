"""labelled cases and what is measured on them

Revision: a7be11ed0001, after f1a5c0de0001; 2026-11-21 08:26:06.620602
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'a7be11ed0001'
down_revision = 'f1a5c0de0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('check_measurements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('check', sa.String(length=30), nullable=False),
    sa.Column('input_sha256', sa.String(length=64), nullable=False),
    sa.Column('policy_sha256', sa.String(length=64), nullable=False),
    sa.Column('engine', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('judged', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('counts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_check_measurements_state')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['users.id'], name=op.f('fk_check_measurements_asked_by_id')),
    sa.ForeignKeyConstraint(['policy_id'], ['policies.id'], name=op.f('fk_check_measurements_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_measurements'))
    )
    with op.batch_alter_table('check_measurements', schema=None) as batch_op:
        batch_op.create_index('ix_check_measurements_policy_check', ['policy_id', 'check', 'id'], unique=False)

    op.create_table('label_effects',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('asset_id', sa.Integer(), nullable=False),
    sa.Column('base_sha256', sa.String(length=64), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('cases_sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('report', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_label_effects_state')),
    sa.ForeignKeyConstraint(['asset_id'], ['assets.id'], name=op.f('fk_label_effects_asset_id')),
    sa.ForeignKeyConstraint(['policy_id'], ['policies.id'], name=op.f('fk_label_effects_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_label_effects')),
    sa.UniqueConstraint('policy_id', 'asset_id', 'base_sha256', 'content_sha256', 'cases_sha256', name='uq_label_effects_key')
    )
    with op.batch_alter_table('label_effects', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_label_effects_asset_id'), ['asset_id'], unique=False)

    op.create_table('score_sets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('check', sa.String(length=30), nullable=False),
    sa.Column('level', sa.String(length=200), nullable=False),
    sa.Column('input_sha256', sa.String(length=64), nullable=False),
    sa.Column('texts_sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('scores', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_score_sets_state')),
    sa.ForeignKeyConstraint(['policy_id'], ['policies.id'], name=op.f('fk_score_sets_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_sets')),
    sa.UniqueConstraint('policy_id', 'check', 'level', 'input_sha256', 'texts_sha256', name='uq_score_sets_key')
    )
    op.create_table('labelled_cases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('check', sa.String(length=30), nullable=False),
    sa.Column('rule', sa.String(length=200), nullable=True),
    sa.Column('expects_finding', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('span_start', sa.Integer(), nullable=True),
    sa.Column('span_end', sa.Integer(), nullable=True),
    sa.Column('prompt', sa.String(length=64), nullable=True),
    sa.Column('audience', sa.String(length=64), nullable=True),
    sa.Column('channel', sa.String(length=64), nullable=True),
    sa.Column('locale', sa.String(length=16), nullable=True),
    sa.Column('segment', sa.String(length=64), nullable=True),
    sa.Column('variables', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('must_mention', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('sample_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_by_id', sa.Integer(), nullable=True),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_reason', sa.Text(), nullable=True),
    sa.CheckConstraint("source IN ('form', 'sample', 'live', 'import', 'api', 'demo')", name=op.f('ck_labelled_cases_source')),
    sa.CheckConstraint('(span_start IS NULL) = (span_end IS NULL)', name=op.f('ck_labelled_cases_span')),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_labelled_cases_author_id')),
    sa.ForeignKeyConstraint(['edited_by_id'], ['users.id'], name=op.f('fk_labelled_cases_edited_by_id')),
    sa.ForeignKeyConstraint(['policy_id'], ['policies.id'], name=op.f('fk_labelled_cases_policy_id')),
    sa.ForeignKeyConstraint(['sample_id'], ['samples.id'], name=op.f('fk_labelled_cases_sample_id')),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['users.id'], name=op.f('fk_labelled_cases_withdrawn_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_labelled_cases')),
    sa.UniqueConstraint('policy_id', 'number', name=op.f('uq_labelled_cases_policy_id_number'))
    )
    with op.batch_alter_table('labelled_cases', schema=None) as batch_op:
        batch_op.create_index('ix_labelled_cases_policy_check', ['policy_id', 'check', 'withdrawn_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('labelled_cases', schema=None) as batch_op:
        batch_op.drop_index('ix_labelled_cases_policy_check')

    op.drop_table('labelled_cases')
    op.drop_table('score_sets')
    with op.batch_alter_table('label_effects', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_label_effects_asset_id'))

    op.drop_table('label_effects')
    with op.batch_alter_table('check_measurements', schema=None) as batch_op:
        batch_op.drop_index('ix_check_measurements_policy_check')

    op.drop_table('check_measurements')
