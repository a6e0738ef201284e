"""Crier's table of contents: all routes, then what queues and schedules start."""

from chalicelib.alerts import functions as alerts_functions
from chalicelib.campaigns import export_functions
from chalicelib.campaigns import functions as campaigns_functions
from chalicelib.conversations import functions as conversations_functions
from chalicelib.core.app import CrierApp
from chalicelib.delivery import functions as delivery_functions
from chalicelib.engagement import functions as engagement_functions
from chalicelib.engagement import routes as engagement_routes
from chalicelib.engagement import study_functions
from chalicelib.history import functions as history_functions
from chalicelib.serving.paths import everything
from chalicelib.subscribers import functions as subscribers_functions

app = CrierApp.serving(everything())
app.register_blueprint(engagement_routes.blueprint)
app.register_blueprint(delivery_functions.functions)
app.register_blueprint(engagement_functions.functions)
app.register_blueprint(study_functions.functions)
app.register_blueprint(conversations_functions.functions)
app.register_blueprint(subscribers_functions.functions)
app.register_blueprint(campaigns_functions.functions)
app.register_blueprint(export_functions.functions)
app.register_blueprint(alerts_functions.functions)
app.register_blueprint(history_functions.functions)
