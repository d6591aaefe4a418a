"""All tasks of the journey, one file each: the type is the file's name with dashes.

Importing this package fills the registry; the table below is what a reader looks at first.
"""

from workers.runtime import registry
from workers.tasks.activate_provider import activate_provider
from workers.tasks.adobe_cancel_agreement import adobe_cancel_agreement
from workers.tasks.adobe_create_agreement import adobe_create_agreement
from workers.tasks.adobe_read_form_data import adobe_read_form_data
from workers.tasks.adobe_upload_document import adobe_upload_document
from workers.tasks.apply_contract_waiver import apply_contract_waiver
from workers.tasks.apply_delivery_date import apply_delivery_date
from workers.tasks.apply_escalation import apply_escalation
from workers.tasks.apply_go_override import apply_go_override
from workers.tasks.apply_order_update import apply_order_update
from workers.tasks.apply_scope_change import apply_scope_change
from workers.tasks.apply_wcf_force import apply_wcf_force
from workers.tasks.archive_document import archive_document
from workers.tasks.assess_cancellation import assess_cancellation
from workers.tasks.assign_task import assign_task
from workers.tasks.auto_accept_offer import auto_accept_offer
from workers.tasks.block_checkin import block_checkin
from workers.tasks.cancel_order import cancel_order
from workers.tasks.cancel_task import cancel_task
from workers.tasks.cancel_visit import cancel_visit
from workers.tasks.check_delivery_status import check_delivery_status
from workers.tasks.check_payment_status import check_payment_status
from workers.tasks.check_provider_papers import check_provider_papers
from workers.tasks.close_application import close_application
from workers.tasks.close_order import close_order
from workers.tasks.complete_task import complete_task
from workers.tasks.confirm_assignment import confirm_assignment
from workers.tasks.confirm_booking import confirm_booking
from workers.tasks.create_rework_order import create_rework_order
from workers.tasks.deliver_notification import deliver_notification
from workers.tasks.describe_task import describe_task
from workers.tasks.end_visit import end_visit
from workers.tasks.escalate_task import escalate_task
from workers.tasks.execute_service import execute_service
from workers.tasks.expire_broadcast import expire_broadcast
from workers.tasks.expire_document import expire_document
from workers.tasks.expire_offer import expire_offer
from workers.tasks.finalize_date_agreement import finalize_date_agreement
from workers.tasks.find_providers import find_providers
from workers.tasks.freeze_order import freeze_order
from workers.tasks.generate_contract import generate_contract
from workers.tasks.generate_proforma import generate_proforma
from workers.tasks.generate_wcf import generate_wcf
from workers.tasks.hold_payment import hold_payment
from workers.tasks.list_ending_documents import list_ending_documents
from workers.tasks.measure_provider import measure_provider
from workers.tasks.note_assignment import note_assignment
from workers.tasks.note_document_expiry import note_document_expiry
from workers.tasks.open_claim import open_claim
from workers.tasks.open_task import open_task
from workers.tasks.oracle_create_payable import oracle_create_payable
from workers.tasks.plan_return_visit import plan_return_visit
from workers.tasks.publish_event import publish_event
from workers.tasks.publish_message import publish_message
from workers.tasks.rank_providers import rank_providers
from workers.tasks.recall_contract import recall_contract
from workers.tasks.reconcile_agreement import reconcile_agreement
from workers.tasks.reconcile_payable import reconcile_payable
from workers.tasks.record_checkin import record_checkin
from workers.tasks.record_checkout import record_checkout
from workers.tasks.record_claim import record_claim
from workers.tasks.record_contact import record_contact
from workers.tasks.record_date_proposal import record_date_proposal
from workers.tasks.record_document_review import record_document_review
from workers.tasks.record_incomplete import record_incomplete
from workers.tasks.record_no_show import record_no_show
from workers.tasks.record_paper_scan import record_paper_scan
from workers.tasks.record_provider_payment import record_provider_payment
from workers.tasks.record_tv_outcome import record_tv_outcome
from workers.tasks.release_payment import release_payment
from workers.tasks.release_slot import release_slot
from workers.tasks.report_to_sales import report_to_sales
from workers.tasks.report_tv_modifications import report_tv_modifications
from workers.tasks.report_tv_outcome import report_tv_outcome
from workers.tasks.resolve_claim import resolve_claim
from workers.tasks.resolve_reservations import resolve_reservations
from workers.tasks.revise_proforma import revise_proforma
from workers.tasks.schedule_service import schedule_service
from workers.tasks.send_broadcast import send_broadcast
from workers.tasks.send_notification import send_notification
from workers.tasks.send_offer import send_offer
from workers.tasks.set_go_status import set_go_status
from workers.tasks.settle_claim import settle_claim
from workers.tasks.store_agreement import store_agreement
from workers.tasks.sweep_order_resources import sweep_order_resources
from workers.tasks.update_provider_risk import update_provider_risk
from workers.tasks.update_user_task import update_user_task
from workers.tasks.validate_contract_bundle import validate_contract_bundle
from workers.tasks.validate_order import validate_order
from workers.tasks.void_proforma import void_proforma
from workers.tasks.withdraw_assignment import withdraw_assignment
from workers.tasks.withdraw_offer import withdraw_offer

TASKS = {
    # the order and the system that sold it
    "validate-order": validate_order,
    "report-to-sales": report_to_sales,
    "close-order": close_order,
    # technical visit
    "record-tv-outcome": record_tv_outcome,
    "report-tv-outcome": report_tv_outcome,
    "report-tv-modifications": report_tv_modifications,
    "apply-scope-change": apply_scope_change,
    # what changes on the way
    "apply-order-update": apply_order_update,
    "apply-delivery-date": apply_delivery_date,
    "cancel-visit": cancel_visit,
    # slots
    "schedule-service": schedule_service,
    "confirm-booking": confirm_booking,
    "release-slot": release_slot,
    "plan-return-visit": plan_return_visit,
    # finding a provider
    "find-providers": find_providers,
    "rank-providers": rank_providers,
    "send-offer": send_offer,
    "auto-accept-offer": auto_accept_offer,
    "expire-offer": expire_offer,
    "send-broadcast": send_broadcast,
    "expire-broadcast": expire_broadcast,
    "record-date-proposal": record_date_proposal,
    "finalize-date-agreement": finalize_date_agreement,
    "withdraw-offer": withdraw_offer,
    "confirm-assignment": confirm_assignment,
    "withdraw-assignment": withdraw_assignment,
    # contracts
    "validate-contract-bundle": validate_contract_bundle,
    "generate-contract": generate_contract,
    "apply-contract-waiver": apply_contract_waiver,
    "recall-contract": recall_contract,
    # go check
    "check-payment-status": check_payment_status,
    "check-delivery-status": check_delivery_status,
    "set-go-status": set_go_status,
    "block-checkin": block_checkin,
    "apply-go-override": apply_go_override,
    # on site
    "execute-service": execute_service,
    "record-checkin": record_checkin,
    "record-checkout": record_checkout,
    "record-no-show": record_no_show,
    "record-incomplete": record_incomplete,
    "end-visit": end_visit,
    # work closing form
    "generate-wcf": generate_wcf,
    "adobe-upload-document": adobe_upload_document,
    "adobe-create-agreement": adobe_create_agreement,
    "store-agreement": store_agreement,
    "reconcile-agreement": reconcile_agreement,
    "adobe-read-form-data": adobe_read_form_data,
    "archive-document": archive_document,
    "adobe-cancel-agreement": adobe_cancel_agreement,
    "record-paper-scan": record_paper_scan,
    "apply-wcf-force": apply_wcf_force,
    "resolve-reservations": resolve_reservations,
    "create-rework-order": create_rework_order,
    "open-claim": open_claim,
    "record-claim": record_claim,
    "resolve-claim": resolve_claim,
    "settle-claim": settle_claim,
    "measure-provider": measure_provider,
    "update-provider-risk": update_provider_risk,
    # paying the provider
    "generate-proforma": generate_proforma,
    "revise-proforma": revise_proforma,
    "void-proforma": void_proforma,
    "oracle-create-payable": oracle_create_payable,
    "reconcile-payable": reconcile_payable,
    "record-provider-payment": record_provider_payment,
    "hold-payment": hold_payment,
    "release-payment": release_payment,
    # providers come, and their papers end
    "check-provider-papers": check_provider_papers,
    "record-document-review": record_document_review,
    "activate-provider": activate_provider,
    "close-application": close_application,
    "list-ending-documents": list_ending_documents,
    "note-document-expiry": note_document_expiry,
    "expire-document": expire_document,
    # cancellation
    "assess-cancellation": assess_cancellation,
    "freeze-order": freeze_order,
    "sweep-order-resources": sweep_order_resources,
    "cancel-order": cancel_order,
    # human tasks: what listens to them, and their ladder
    "open-task": open_task,
    "note-assignment": note_assignment,
    "complete-task": complete_task,
    "cancel-task": cancel_task,
    "update-user-task": update_user_task,
    "describe-task": describe_task,
    "assign-task": assign_task,
    "escalate-task": escalate_task,
    "apply-escalation": apply_escalation,
    # telling others
    "send-notification": send_notification,
    "deliver-notification": deliver_notification,
    "record-contact": record_contact,
    "publish-event": publish_event,
    "publish-message": publish_message,
}

__all__ = ["TASKS", "registry"]
