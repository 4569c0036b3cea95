"""An independent reference model of the two rubrics, a county generator and a comparison."""
